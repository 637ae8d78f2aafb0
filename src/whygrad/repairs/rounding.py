"""A rounding or a sign comes in; a straight-through form or a smooth stand-in goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit
from whygrad.repairs.edits import line_before, replaced, unwrapped
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import beside, called, tensorflow
from whygrad.repairs.rewrite import Rewrite

ROUNDING = frozenset(f"{door}.{n}" for door in ("tensorflow", "keras.ops") for n in ("round", "floor", "ceil", "rint"))
SIGN = frozenset(("tensorflow.sign", "keras.ops.sign", "keras.backend.sign"))
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
    if not isinstance(node, ast.Call) or not node.args or isinstance(node.args[0], ast.Starred):
        return None
    origin = called(file, node)
    if origin in SIGN and len(node.args) == 1:
        name = beside(file, node, "tanh")
        return Rewrite(f"a smooth stand-in: `{name}` in the place of `{file.code(node.func)}`", (replaced(file, node.func, name),)) if name else None
    return straight_through(file, node, node.args[0]) if origin in ROUNDING and len(node.args) == 1 else None


def without_rounding(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """`tf.round(p)` -> `p`: for a metric that became a loss."""
    if not isinstance(node, ast.Call) or called(file, node) not in ROUNDING or len(node.args) != 1:
        return None
    return Rewrite(f"keep the raw value: take `{file.code(node.func)}(...)` away", tuple(unwrapped(file, node, node.args[0])))


def straight_through(file: SourceFile, node: ast.Call, soft: ast.expr) -> Rewrite | None:
    """`f(x)` -> `x + tf.stop_gradient(f(x) - x)`: forwards as it was, backwards as if it were `x`. A long `x` gets a name first."""
    if not tensorflow(file):
        return None
    stop = f"{tensorflow(file)}.stop_gradient"
    title = f"let the gradient pass straight through `{file.code(node.func)}`"
    whole, x = file.code(node), file.code(soft)
    if _is_cheap(soft):
        new = f"{x} + {stop}({whole} - {file.operand(soft)})"
        return Rewrite(title, (replaced(file, node, _guarded(file, node, new)),))
    raw = file.free("raw")
    line = naming_line(file, node, raw, x)
    if line is None:
        return None
    start, first = file.span(node)[0], file.span(soft)
    hard = whole[: first[0] - start] + raw + whole[first[1] - start :]
    return Rewrite(title, (line, replaced(file, node, _guarded(file, node, f"{raw} + {stop}({hard} - {raw})"))))


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


def _guarded(file: SourceFile, node: ast.expr, new: str) -> str:
    """In brackets where an operator stands beside it."""
    return f"({new})" if isinstance(file.parent(node), (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Attribute, ast.Subscript, ast.BoolOp)) else new
