"""A variable that is made of a tensor in the step, and never written to, comes in; the tensor itself goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import unwrapped
from whygrad.repairs.file import SourceFile, names, uses
from whygrad.repairs.imported import called


def as_value(file: SourceFile, node: ast.expr) -> Fix | None:
    """`v = tf.Variable(w * 2.0)` -> `v = w * 2.0`. None where `v` is used as only a variable can be."""
    statement = file.parent(node)
    if not isinstance(node, ast.Call) or called(file, node) != "tensorflow.Variable" or not isinstance(statement, ast.Assign):
        return None
    if len(node.args) != 1 or any(k.arg not in ("name", "trainable") for k in node.keywords):
        return None
    if not _is_under_a_tape(file, node):
        return None
    bound = names(statement, ast.Store)
    plain = len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
    if not plain or not all(_as_tensor(file, use) for name in bound for use in uses(file.home(node), name)):
        return None
    return Fix(f"keep the tensor: take `{file.code(node.func)}(...)` away", edits=tuple(unwrapped(file, node, node.args[0])))


def _is_under_a_tape(file: SourceFile, node: ast.expr) -> bool:
    blocks = (n for n in file.around(node) if isinstance(n, ast.With))
    return any(called(file, item.context_expr) == "tensorflow.GradientTape" for block in blocks for item in block.items)


def _as_tensor(file: SourceFile, use: ast.expr) -> bool:
    """In arithmetic, or handed to a function of the library that computes; not asked for a gradient, not assigned to, not listed."""
    parent = file.parent(use)
    if isinstance(parent, ast.Call):
        return use in parent.args and called(file, parent).startswith(("tensorflow.", "keras.ops.")) and not called(file, parent).endswith("Variable")
    return isinstance(parent, (ast.BinOp, ast.UnaryOp, ast.Compare))
