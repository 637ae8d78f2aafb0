"""A name that held a variable is rebound to a tensor

What happens
    The first step works. From the second step on the gradient is None, because the name `w` no longer means the variable. Typical
    followers are `unsupported operand type(s) for *: 'float' and 'NoneType'` or, on a model, a layer that quietly stopped training.

Why the gradient stops
    `w = w - rate * gradient` does not change the variable. It computes a new tensor and gives it the old name; the variable still
    exists, unchanged, but nobody reads it. A tape watches variables by itself, not tensors. The same happens with
    `module.kernel = module.kernel - ...` and with `setattr(layer, "kernel", tensor)`.

What to write instead
    Change the value inside the variable:

        w = w - 0.1 * gradient          # before
        w.assign_sub(0.1 * gradient)    # after

    or let an optimizer do it: `optimizer.apply_gradients([(gradient, w)])`. If you need updated weights as tensors that still carry
    gradients (MAML, learned optimizers), keep them under a name of their own and pass them on as arguments.

Who can see it
    Both. `check` sees the assignment to a name that held a variable; a run also sees it through setattr, dictionaries and other modules.

Further reading
    Introduction to variables: https://www.tensorflow.org/guide/variable
    Introduction to gradients, "Replaced a variable with a tensor": https://www.tensorflow.org/guide/autodiff
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.fact("how") == "attribute":
        name = e.fact("attribute")
        message = f"{e.code} puts a plain tensor where the variable `{name}` was, so {e.names} {e.verb} no gradient"
        fix = f"change the variable's value, not the attribute: `{name}.assign(...)`"
        return Claim(message, "From then on the model computes with the tensor, and the variable takes no part in the loss.", Fix(fix))
    message = f"{e.code} makes {e.names} a plain tensor: the variable of that name is gone"
    why = (
        "The tape follows variables. After the name is bound to the result of a computation, "
        "it is a tensor that nobody watches: fine in the first step, None from the second on."
    )
    first = e.variables[0].name if e.variables else "w"
    return Claim(message, why, Fix(f"update the variable in place: `{_in_place(first, e.location.text if e.location else '')}`"))


def _in_place(name: str, text: str) -> str:
    """`w - lr * g` as `w.assign_sub(lr * g)`; any other expression as `w.assign(...)`."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return f"{name}.assign(...)"
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Add)) and ast.unparse(node.left) == name:
        return f"{name}.assign_{'sub' if isinstance(node.op, ast.Sub) else 'add'}({ast.unparse(node.right)})"
    return f"{name}.assign({' '.join(text.split())})" if text else f"{name}.assign(...)"
