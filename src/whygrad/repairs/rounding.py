"""A rounding or a sign comes in; a straight-through form or a smooth stand-in goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit
from whygrad.repairs.edits import line_before, replaced, unwrapped
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import tensorflow
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.standing_in import StandIn, filled, slug_of, stand_in

KINDS = ("straight-through-rounding", "soft-sign")
LAZY = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)
PLAIN = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Constant,
    ast.BinOp,
    ast.UnaryOp,
    ast.Tuple,
    ast.Slice,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
)


def smoothed(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """None where the expression is of another kind."""
    found = stand_in(file, node)
    return written(file, node, found) if found is not None and found.slug in KINDS else None


def without_rounding(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """`tf.round(p)` -> `p`: for a metric that became a loss."""
    if not isinstance(node, ast.Call) or slug_of(file, node) != KINDS[0] or len(node.args) != 1:
        return None
    return Rewrite(f"keep the raw value: take `{file.code(node.func)}(...)` away", tuple(unwrapped(file, node, node.args[0])))


def written(file: SourceFile, node: ast.expr, found: StandIn, **more: ast.expr) -> Rewrite | None:
    """The form of the catalogue in the place of `node`, or of `whole` around it. A long argument that it holds twice gets a name first."""
    if not tensorflow(file):
        return None
    whole = more.pop("whole", node)
    values: dict[str, ast.expr | str] = {**found.arguments, **more}
    text, lines = found.inline.text, []
    long = [a for a in found.twice if not _is_cheap(a)]
    if long:
        line = naming_line(file, node, raw := file.free("raw"), file.code(long[0]))
        if line is None or len(long) > 1:
            return None
        lines.append(line)
        (start, _), (first, last) = file.span(node), file.span(long[0])
        code = file.code(node)
        if isinstance(node, ast.BinOp) and file.text[first - 1] == "(" and file.text[last : last + 1] == ")":
            first, last = first - 1, last + 1
        again = code[: first - start] + raw + code[last - start :]
        values = {**{k: raw if v is long[0] else v for k, v in values.items()}, "call": again}
    new = filled(file, node, text, values)
    title = filled(file, node, found.inline.edit, {**values, "inline": " ".join(new.split()), **_called(file, node, new)})
    return Rewrite(title, (*lines, replaced(file, whole, guarded(file, whole, new))))


def _called(file: SourceFile, node: ast.expr, new: str) -> dict[str, str]:
    """What was called, and what is called now."""
    before = file.code(node.func) if isinstance(node, ast.Call) else file.code(node)
    return {"function": before, "stand_in": new.partition("(")[0]}


def naming_line(file: SourceFile, node: ast.expr, name: str, value: str) -> Edit | None:
    """`name = value` before the statement of `node`; None where the statement may run `node` later, more than once or not at all."""
    statement = file.statement(node)
    simple = isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr))
    if statement is None or not simple or "\n" in value:
        return None
    way = list(file.around(node))
    if any(isinstance(n, LAZY) for n in way[: way.index(statement)]):
        return None
    return line_before(file, statement, f"{name} = {value}")


def _is_cheap(node: ast.expr) -> bool:
    """Whether an expression can be written three times: names and arithmetic, on one line."""
    parts = list(ast.walk(node))
    return node.lineno == node.end_lineno and len(parts) < 25 and all(isinstance(n, PLAIN) and not isinstance(n, ast.MatMult) for n in parts)


def guarded(file: SourceFile, node: ast.expr, new: str) -> str:
    """In brackets where an operator stands beside it, and none are there."""
    beside = isinstance(file.parent(node), (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Attribute, ast.Subscript, ast.BoolOp))
    start, end = file.span(node)
    in_brackets = file.text[start - 1 : start] == "(" and file.text[end : end + 1] == ")"
    atom = isinstance(ast.parse(new, mode="eval").body, ast.Call) if "\n" not in new else False
    return f"({new})" if beside and not in_brackets and not atom else new
