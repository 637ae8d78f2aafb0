"""A prediction that is cast to the type of its labels comes in; the labels are cast to the type of the prediction instead."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.comparing import CAST
from whygrad.repairs.edits import line_before, replaced, unwrapped
from whygrad.repairs.file import SourceFile, names
from whygrad.repairs.standing_in import slug_of


def cast_the_other(file: SourceFile, node: ast.expr) -> Fix | None:
    """`p = tf.cast(p, y.dtype)` -> `y = tf.cast(y, p.dtype)`. None where one of the two is no local name, or the type is written out."""
    if not isinstance(node, ast.Call) or len(node.args) != 2 or node.keywords or slug_of(file, node) != CAST:
        return None
    value, dtype = node.args
    other = _of_whom(dtype)
    statement, function = file.statement(node), file.function(node)
    if not isinstance(value, ast.Name) or other is None or statement is None or function is None or other.id == value.id:
        return None
    if other.id not in {a.arg for a in function.args.args} | names(function, ast.Store):
        return None
    (start, _), (first, last) = file.span(dtype), file.span(other)
    kind = file.code(dtype)[: first - start] + value.id + file.code(dtype)[last - start :]
    text = f"{other.id} = {file.code(node.func)}({other.id}, {kind})"
    title = f"cast the other way round: `{text}`"
    if isinstance(statement, ast.Assign) and statement.value is node and [file.code(t) for t in statement.targets] == [value.id]:
        return Fix(title, edits=(replaced(file, statement, text),))
    line = line_before(file, statement, text)
    return None if line is None else Fix(title, edits=(line, *unwrapped(file, node, value)))


def _of_whom(dtype: ast.expr) -> ast.Name | None:
    """`y` of `y.dtype` and of `K.dtype(y)`."""
    if isinstance(dtype, ast.Call) and isinstance(dtype.func, ast.Attribute) and dtype.func.attr == "dtype" and len(dtype.args) == 1:
        return dtype.args[0] if isinstance(dtype.args[0], ast.Name) else None
    named = isinstance(dtype, ast.Attribute) and dtype.attr == "dtype" and isinstance(dtype.value, ast.Name)
    return dtype.value if named and isinstance(dtype, ast.Attribute) and isinstance(dtype.value, ast.Name) else None
