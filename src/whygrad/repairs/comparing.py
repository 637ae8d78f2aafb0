"""A comparison whose result is cast or chooses between two values comes in; the same with a sigmoid of the difference goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile, names, uses
from whygrad.repairs.imported import beside, called, dotted, tensorflow
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.rounding import naming_line

DOORS = ("tensorflow", "keras.ops", "keras.backend")
GREATER = frozenset(f"{d}.{n}" for d in DOORS for n in ("greater", "greater_equal"))
LESS = frozenset(f"{d}.{n}" for d in DOORS for n in ("less", "less_equal"))
EQUAL = frozenset(f"{d}.equal" for d in DOORS)
CASTS = frozenset(("tensorflow.cast", "keras.ops.cast", "keras.backend.cast", "tensorflow.to_float"))
WHERE = frozenset(("tensorflow.where", "keras.ops.where"))
FLOATS = ("float16", "float32", "float64", "bfloat16", "half", "double", "dtype", "floatx")
SHARPNESS = "10.0"


def softened(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """None where the expression is no comparison, or its result is used as a true or false."""
    soft = _soft(file, node)
    if soft is None:
        return None
    parent = file.parent(node)
    title = (
        f"a soft comparison: `{' '.join(soft.split())}` (the factor says how sharp)" if "sigmoid" in soft else "a soft agreement in the place of `==`"
    )
    edits: list[Edit] | None = None
    if is_float_cast(file, parent) and isinstance(parent, ast.Call) and parent.args[0] is node:
        edits = [replaced(file, parent, soft)]
    elif isinstance(parent, ast.Call) and called(file, parent) in WHERE and len(parent.args) == 3 and parent.args[0] is node:
        edits = _mixed(file, parent, soft)
    elif isinstance(parent, ast.Assign) and _only_cast(file, parent):
        edits = [replaced(file, node, soft)]
    return None if edits is None else Rewrite(title, tuple(edits))


def is_float_cast(file: SourceFile, node: ast.AST | None) -> bool:
    """`tf.cast(..., tf.float32)` and its relatives, not casts to integers."""
    if not isinstance(node, ast.Call) or called(file, node) not in CASTS or not node.args:
        return False
    if called(file, node) == "tensorflow.to_float":
        return True
    dtype = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "dtype"), None)
    if isinstance(dtype, ast.Constant):
        return dtype.value in FLOATS
    if isinstance(dtype, ast.Call):
        return isinstance(dtype.func, ast.Attribute) and dtype.func.attr == "floatx"
    return isinstance(dtype, ast.Attribute) and dtype.attr in FLOATS


def _soft(file: SourceFile, node: ast.expr) -> str | None:
    """`a > b` as a sigmoid, `a == b` as a bell, as text; the operands as they are written."""
    parts = _parts(file, node)
    if parts is None:
        return None
    left, right, kind = parts
    if kind == "equal":
        exp, square = beside(file, node, "exp"), beside(file, node, "square")
        return f"{exp}(-{square}({file.code(left)} - {file.operand(right)}))" if exp and not _is_text(right) else None
    above, below = (left, right) if kind == "greater" else (right, left)
    sigmoid = beside(file, node, "sigmoid")
    if not sigmoid:
        return None
    zero = isinstance(below, ast.Constant) and below.value == 0
    difference = file.operand(above) if zero else f"({file.code(above)} - {file.operand(below)})"
    return f"{sigmoid}({SHARPNESS} * {difference})"


def _parts(file: SourceFile, node: ast.expr) -> tuple[ast.expr, ast.expr, str] | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        kind = "greater" if isinstance(node.ops[0], (ast.Gt, ast.GtE)) else "less" if isinstance(node.ops[0], (ast.Lt, ast.LtE)) else ""
        kind = "equal" if isinstance(node.ops[0], ast.Eq) else kind
        return (node.left, node.comparators[0], kind) if kind else None
    origin = called(file, node)
    kind = "greater" if origin in GREATER else "less" if origin in LESS else "equal" if origin in EQUAL else ""
    if not kind or not isinstance(node, ast.Call) or len(node.args) != 2:
        return None
    return node.args[0], node.args[1], kind


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes, bool, type(None)))


def _mixed(file: SourceFile, where: ast.Call, soft: str) -> list[Edit] | None:
    """`tf.where(a > b, x, y)` -> `gate * x + (1.0 - gate) * y`; of ones and zeros the gate alone."""
    _, chosen, other = where.args
    ones = called(file, chosen).endswith(".ones_like") or (isinstance(chosen, ast.Constant) and chosen.value == 1)
    zeros = called(file, other).endswith(".zeros_like") or (isinstance(other, ast.Constant) and other.value == 0)
    if ones and zeros:
        return [replaced(file, where, soft)]
    gate = file.free("gate")
    line = naming_line(file, where, gate, soft)
    if line is None or not tensorflow(file):
        return None
    text = f"{gate} * {file.operand(chosen)} + (1.0 - {gate}) * {file.operand(other)}"
    beside_operator = isinstance(file.parent(where), (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript))
    return [line, replaced(file, where, f"({text})" if beside_operator else text)]


def _only_cast(file: SourceFile, statement: ast.Assign) -> bool:
    """Whether the names that are assigned are only ever cast to floats."""
    bound = {n for t in statement.targets for n in names(t, ast.Store)}
    plain = all(isinstance(t, ast.Name) for t in statement.targets)
    reads = [use for name in bound for use in uses(file.home(statement), name)]
    return plain and bool(reads) and all(is_float_cast(file, file.parent(r)) and dotted(file, r) == "" for r in reads)
