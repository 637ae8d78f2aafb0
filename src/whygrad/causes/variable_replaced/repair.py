"""`w = w - lr * g` -> `w.assign_sub(lr * g)`; `layer.kernel = expression` -> `layer.kernel.assign(expression)`."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import changed
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called
from whygrad.repairs.offering import Source

# The operators `-` and `+` by their names as functions: what is written in the program, nothing about gradients.
SUBTRACT, ADD = ("tensorflow.subtract", "keras.ops.subtract"), ("tensorflow.add", "keras.ops.add")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    statement = file.whole_statement(diagnosis.location) if node is None else file.statement(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr" and isinstance(statement, ast.Expr):
        return _setattr(file, node)
    if isinstance(statement, ast.AugAssign):
        return _augmented(file, statement)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or node not in (statement.value, statement.targets[0]):
        return None
    target = statement.targets[0]
    if not isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
        return None
    edits = _in_place(file, target, statement.value)
    method = edits[0].replacement.strip(".(")
    return Fix(
        f"update the variable in place: `{file.code(target)}.{method}(...)`", "safe" if isinstance(target, ast.Name) else "review", None, tuple(edits)
    )


def _in_place(file: SourceFile, target: ast.expr, value: ast.expr) -> list[Edit]:
    """What stands between the target and the number that is assigned, and what stands after it; the number stays as it is written."""
    left, right = _operands(file, value)
    if left is None or right is None or file.code(left) != file.code(target):
        (first, end), behind, method = file.span(value), file.span(value)[1], "assign"
    else:
        (first, end), behind = file.span(right), file.span(value)[1]
        method = "assign_sub" if _is_difference(file, value) else "assign_add"
    if end < behind and isinstance(value, ast.BinOp):
        first, end = file.text.rindex("(", 0, first) + 1, behind - 1  # the brackets around the number are those of the call
    after = [changed(file, end, behind, ")")] if file.text[end:behind] != ")" else []
    return [changed(file, file.span(target)[1], first, f".{method}("), *after]


def _operands(file: SourceFile, value: ast.expr) -> tuple[ast.expr | None, ast.expr | None]:
    if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Sub, ast.Add)):
        return value.left, value.right
    if isinstance(value, ast.Call) and called(file, value) in SUBTRACT + ADD and len(value.args) == 2 and not value.keywords:
        return value.args[0], value.args[1]
    return None, None


def _is_difference(file: SourceFile, value: ast.expr) -> bool:
    return isinstance(value.op, ast.Sub) if isinstance(value, ast.BinOp) else called(file, value) in SUBTRACT


def _augmented(file: SourceFile, statement: ast.AugAssign) -> Fix | None:
    """`w -= lr * g` -> `w.assign_sub(lr * g)`."""
    if not isinstance(statement.op, (ast.Sub, ast.Add)):
        return None
    method = "assign_sub" if isinstance(statement.op, ast.Sub) else "assign_add"
    (_, end), (first, last) = file.span(statement.target), file.span(statement.value)
    if file.span(statement)[1] != last:
        return None
    edits = (changed(file, end, first, f".{method}("), changed(file, last, last, ")"))
    return Fix(f"update the variable in place: `{file.code(statement.target)}.{method}(...)`", "safe", None, edits)


def _setattr(file: SourceFile, node: ast.Call) -> Fix | None:
    """`setattr(layer, name, value)` -> `getattr(layer, name).assign(value)`."""
    if len(node.args) != 3 or node.keywords:
        return None
    (start, _), (_, second), (third, _) = file.span(node), file.span(node.args[1]), file.span(node.args[2])
    edits = (changed(file, start, start + len("setattr"), "getattr"), changed(file, second, third, ").assign("))
    return Fix("change the value of the variable: `getattr(...).assign(...)`", edits=edits)
