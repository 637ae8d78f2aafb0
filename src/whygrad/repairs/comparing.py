"""A comparison whose result is cast or chooses between two values comes in; the same with a sigmoid of the difference goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.kinds import gives_ones, gives_zeros
from whygrad.model import Edit
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile, names, uses
from whygrad.repairs.imported import called, dotted, tensorflow
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.rounding import naming_line, written
from whygrad.repairs.standing_in import argument_of, entry_of, filled, slug_of, stand_in

KINDS = ("soft-comparison", "soft-equality")
CAST = "cast-straight-through"
FLOATS = ("float16", "float32", "float64", "bfloat16", "half", "float", "double", "dtype", "floatx")


def softened(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """None where the expression is no comparison, or its result is used as a true or false."""
    found = stand_in(file, node)
    if found is None or found.slug not in KINDS or any(_is_text(a) for a in found.arguments.values()):
        return None
    soft = written(file, node, found)
    if soft is None:
        return None
    parent, text = file.parent(node), soft.edits[-1].replacement
    if isinstance(parent, ast.Call) and slug_of(file, parent) == "soft-logic":
        return _both(file, parent, soft.title)
    edits: list[Edit] | None = None
    if is_float_cast(file, parent) and isinstance(parent, ast.Call) and parent.args[0] is node:
        edits = [replaced(file, parent, text)]
    elif isinstance(parent, ast.Call) and slug_of(file, parent) == "soft-choice" and len(parent.args) == 3 and parent.args[0] is node:
        edits = _mixed(file, parent, text)
    elif isinstance(parent, ast.Assign) and _only_cast(file, parent):
        edits = [replaced(file, node, text)]
    return None if edits is None else Rewrite(soft.title, tuple(edits))


def _both(file: SourceFile, both: ast.Call, title: str) -> Rewrite | None:
    """`tf.cast(tf.logical_and(a > b, c > d), tf.float32)`: the product of the two, each made soft."""
    found, cast = stand_in(file, both), file.parent(both)
    if found is None or not is_float_cast(file, cast) or not isinstance(cast, ast.Call) or cast.args[0] is not both:
        return None
    sides = {key: stand_in(file, found.arguments[key]) for key in ("0", "1")}
    soft = {key: written(file, found.arguments[key], side) for key, side in sides.items() if side is not None and side.slug == KINDS[0]}
    texts: dict[str, ast.expr | str] = {key: made.edits[-1].replacement for key, made in soft.items() if made is not None and len(made.edits) == 1}
    if len(texts) != 2:
        return None
    product = filled(file, both, found.inline.text, texts)
    inside = isinstance(file.parent(cast), (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript))
    return Rewrite(title, (replaced(file, cast, f"({product})" if inside else product),))


def is_float_cast(file: SourceFile, node: ast.AST | None) -> bool:
    """`tf.cast(..., tf.float32)` and its relatives, not casts to integers."""
    return isinstance(node, ast.Call) and bool(node.args) and slug_of(file, node) == CAST and dtype_of(file, node) in FLOATS


def dtype_of(file: SourceFile, cast: ast.Call) -> str:
    """`int32` of `tf.cast(x, tf.int32)`, `tf.cast(x, "int32")` and `tf.to_int32(x)`."""
    dtype: ast.AST | None = argument_of(file, cast, "dtype")
    if dtype is None:
        return called(file, cast).rpartition(".")[2].removeprefix("to_")
    if isinstance(dtype, ast.Constant):
        return str(dtype.value)
    dtype = dtype.func if isinstance(dtype, ast.Call) else dtype
    return dtype.attr if isinstance(dtype, ast.Attribute) else dotted(file, dtype).rpartition(".")[2]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes, bool, type(None)))


def _mixed(file: SourceFile, where: ast.Call, soft: str) -> list[Edit] | None:
    """`tf.where(a > b, x, y)` -> `gate * x + (1.0 - gate) * y`; of ones and zeros the gate alone."""
    _, chosen, other = where.args
    one, zero = entry_of(file, chosen), entry_of(file, other)
    ones = (one is not None and gives_ones(one)) or (isinstance(chosen, ast.Constant) and chosen.value == 1)
    zeros = (zero is not None and gives_zeros(zero)) or (isinstance(other, ast.Constant) and other.value == 0)
    if ones and zeros:
        return [replaced(file, where, soft)]
    found, gate = stand_in(file, where), file.free("gate")
    line = naming_line(file, where, gate, soft)
    if found is None or line is None or not tensorflow(file):
        return None
    text = filled(file, where, found.inline.text, {**found.arguments, "gate": gate})
    beside_operator = isinstance(file.parent(where), (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript))
    return [line, replaced(file, where, f"({text})" if beside_operator else text)]


def _only_cast(file: SourceFile, statement: ast.Assign) -> bool:
    """Whether the names that are assigned are only ever cast to floats."""
    bound = {n for t in statement.targets for n in names(t, ast.Store)}
    plain = all(isinstance(t, ast.Name) for t in statement.targets)
    reads = [use for name in bound for use in uses(file.home(statement), name)]
    return plain and bool(reads) and all(is_float_cast(file, file.parent(r)) and dotted(file, r) == "" for r in reads)
