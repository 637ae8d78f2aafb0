"""A number that `train_on_batch` or `evaluate` gave to a tape comes in; the same loss as a tensor goes out: `model.compute_loss(...)`."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.moving import tape_block
from whygrad.repairs.offering import tape_place

TRAINING = {"train_on_batch": "True", "test_on_batch": "False", "evaluate": "False"}
TAKEN = ("x", "y", "sample_weight")
DROPPED = ("verbose", "batch_size")  # what says how it is computed, not what


def of_compile(file: SourceFile, node: ast.expr, diagnosis: Diagnosis) -> Fix | None:
    """`model.train_on_batch(x, y)` under the tape -> `model.compute_loss(x=x, y=y, y_pred=model(x, training=True))`, also of `[0]` of it."""
    call = node.value if _is_first(node) and isinstance(node, ast.Subscript) else node
    block = tape_block(file, tape_place(diagnosis))
    method = call.func if isinstance(call, ast.Call) else None
    if not isinstance(call, ast.Call) or not isinstance(method, ast.Attribute) or method.attr not in TRAINING or block is None:
        return None
    given = _given(call)
    if given is None or not file.inside(node, block) or isinstance(file.parent(node), (ast.Expr, ast.Subscript, ast.Attribute, ast.Starred)):
        return None
    model, x = file.code(method.value), file.code(given["x"])
    if any(isinstance(n, ast.Call) for n in ast.walk(method.value)) or _is_unpacked(file, node):
        return None
    twice = not any(isinstance(n, (ast.Call, ast.Await, ast.NamedExpr)) for n in ast.walk(given["x"]))  # else once: it may be the next batch
    weight = f", sample_weight={file.code(given['sample_weight'])}" if "sample_weight" in given else ""
    predicted = f"{model}({x}, training={TRAINING[method.attr]})"
    loss = f"{model}.compute_loss({f'x={x}, ' if twice else ''}y={file.code(given['y'])}, y_pred={predicted}{weight})"
    return Fix(f"the loss as a tensor: `{model}.compute_loss(...)` in the place of `{method.attr}`", edits=(replaced(file, node, loss),))


def _is_first(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == 0


def _is_unpacked(file: SourceFile, node: ast.expr) -> bool:
    """`loss, accuracy = model.train_on_batch(...)`: a list, of which nothing but the loss is left."""
    parent = file.parent(node)
    return isinstance(parent, ast.Assign) and any(isinstance(t, (ast.Tuple, ast.List)) for t in parent.targets)


def _given(call: ast.Call) -> dict[str, ast.expr] | None:
    """The arguments by name; None where one of them says something that `compute_loss` does not know."""
    if len(call.args) > 2 or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    given = dict(zip(TAKEN, call.args, strict=False))
    for k in call.keywords:
        if k.arg in TAKEN and k.arg not in given:
            given[k.arg] = k.value
        elif k.arg not in DROPPED:
            return None
    return given if "x" in given and "y" in given else None
