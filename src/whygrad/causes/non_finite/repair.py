"""The double where, for a value that is left out afterwards; other operations are kept away from 0, or inside of their bounds."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.holes import holes
from whygrad.catalogue.replacements import inside_of
from whygrad.causes.non_finite.bounding import bounded
from whygrad.causes.non_finite.guarding import guarded
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow
from whygrad.repairs.offering import Source, related_place
from whygrad.repairs.standing_in import filled, slug_of

CHOICE = "soft-choice"


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node, where = file.expression(diagnosis.location), file.expression(related_place(diagnosis, "left out only here"))
    if node is None:
        return None
    if where is None:
        return guarded(file, node, diagnosis.message) or bounded(file, node, diagnosis.message)
    return _before_the_where(file, node, where)


def _before_the_where(file: SourceFile, node: ast.expr, where: ast.expr) -> Fix | None:
    if not isinstance(where, ast.Call) or len(where.args) != 3 or slug_of(file, where) != CHOICE:
        return None
    if file.home(node) is not file.home(where) or file.inside(node, where.args[2]):
        return None
    return _doubled(file, node, where)


def _doubled(file: SourceFile, node: ast.expr, where: ast.Call) -> Fix | None:
    """`x` -> `tf.where(ok, x, tf.ones_like(x))`, if the condition asks about `x` itself."""
    divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    form = inside_of("truediv" if divides else called(file, node)) or ""
    given = [node.left, node.right] if isinstance(node, ast.BinOp) else node.args if isinstance(node, ast.Call) else []
    values: dict[str, ast.expr | str] = {hole.key: given[int(hole.key)] for hole in holes(form) if hole.key.isdigit() and int(hole.key) < len(given)}
    value = next(iter(values.values()), None)
    if not isinstance(value, ast.expr):
        return None
    code, condition = file.code(value), file.code(where.args[0])
    reads = {file.code(n) for n in ast.walk(where.args[0]) if isinstance(n, ast.expr)}
    if code not in reads or "\n" in condition + code or len(code) > 60 or not tensorflow(file):
        return None
    safe = filled(file, node, form, {**values, "condition": condition})
    return Fix("replace the bad inputs before the operation as well: a double where", edits=(replaced(file, value, safe),))
