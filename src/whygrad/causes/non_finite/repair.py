"""The double where, for a value that is left out afterwards; other operations are kept away from 0."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.non_finite.guarding import guarded
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow
from whygrad.repairs.offering import Source, related_place

GUARDED = (
    "tensorflow.log",
    "tensorflow.sqrt",
    "tensorflow.math.rsqrt",
    "tensorflow.rsqrt",
    "tensorflow.reciprocal",
    "tensorflow.acos",
    "tensorflow.asin",
)


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node, where = file.expression(diagnosis.location), file.expression(related_place(diagnosis, "left out only here"))
    if node is None:
        return None
    if where is None:
        return guarded(file, node, diagnosis.message)
    return _before_the_where(file, node, where)


def _before_the_where(file: SourceFile, node: ast.expr, where: ast.expr) -> Fix | None:
    if not isinstance(where, ast.Call) or len(where.args) != 3 or called(file, where) != "tensorflow.where":
        return None
    value = node.right if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else None
    if isinstance(node, ast.Call) and called(file, node) in GUARDED and len(node.args) == 1:
        value = node.args[0]
    if value is None or file.home(node) is not file.home(where) or file.inside(node, where.args[2]):
        return None
    return _doubled(file, value, where)


def _doubled(file: SourceFile, value: ast.expr, where: ast.Call) -> Fix | None:
    """`x` -> `tf.where(ok, x, tf.ones_like(x))`, if the condition asks about `x` itself."""
    code, condition, tf = file.code(value), file.code(where.args[0]), tensorflow(file)
    reads = {file.code(n) for n in ast.walk(where.args[0]) if isinstance(n, ast.expr)}
    if code not in reads or "\n" in condition + code or len(code) > 60 or not tf:
        return None
    safe = f"{tf}.where({condition}, {code}, {tf}.ones_like({code}))"
    return Fix("replace the bad inputs before the operation as well: a double where", edits=(replaced(file, value, safe),))
