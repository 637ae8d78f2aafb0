"""A parameter is a plain array or tensor instead of a tf.Variable

What happens
    The forward pass works and the loss is right, but tape.gradient gives None for this parameter. Often the next line fails in a
    confusing way: `unsupported operand type(s) for *: 'float' and 'NoneType'`, or the tensor has no attribute `assign_sub`.

Why the gradient stops
    A tape watches variables by itself and nothing else. What tf.convert_to_tensor, tf.constant, tf.random.normal or NumPy returns is a
    value, not a place where a value is kept: nobody watches it, and an optimizer could not update it either.

What to write instead
    Create the parameter as a variable, once, before the training loop:

        weight = tf.convert_to_tensor(start)     # before
        weight = tf.Variable(start)              # after

    Inside a Keras layer use `self.add_weight(...)` in `build` or `__init__`: Keras 3 does not list a bare tf.Variable of a layer in
    `trainable_variables`. If you want the gradient of a fixed input, not of a parameter, see not-watched.

Who can see it
    Both. `check` sees it where the parameter is created and handed to the tape in one file; a run also knows a parameter that came
    through other modules, and shows where it was created.

Further reading
    Introduction to variables: https://www.tensorflow.org/guide/variable
    Introduction to gradients and automatic differentiation: https://www.tensorflow.org/guide/autodiff
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    what = e.fact("what", "no variable")
    many = len(e.variables) > 1
    kind = what.replace("a ", "", 1) + "s" if many and what.startswith("a ") else what
    where = f", made by {e.code}" if e.location and e.location.text else ""
    message = f"{e.names} {'are' if many else 'is'} {kind}, not {'variables' if many else 'a tf.Variable'}{where}"
    why = "A tape follows `tf.Variable`s by itself; for it everything else is a constant, and an optimizer can only update variables."
    first = e.variables[0].name.rsplit(".", 1)[-1] if e.variables else "w"
    value = _value(e.location.text if e.location else "")
    fix = f"wrap it: `{first} = tf.Variable({value})`, and update it with `assign`/`assign_sub`"
    if not first.isidentifier():
        fix = (
            f"wrap {'each of them' if many else 'it'} where it is made: "
            f"`tf.Variable({'...' if many else value})`, and update it with `assign`/`assign_sub`"
        )
    return Claim(message, why, Fix(fix))


def _value(text: str) -> str:
    """What to give `tf.Variable`: the arguments of `tf.convert_to_tensor(...)` and `tf.constant(...)`, any other expression as it is."""
    line = " ".join(text.split())
    try:
        node = ast.parse(line, mode="eval").body
    except SyntaxError:
        return "..."
    if isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in ("convert_to_tensor", "constant", "identity"):
        line = ", ".join(
            [*map(ast.unparse, node.args), *(ast.unparse(k.value) if k.arg == "value" else f"{k.arg}={ast.unparse(k.value)}" for k in node.keywords)]
        )
    return line if 0 < len(line) < 60 else "..."
