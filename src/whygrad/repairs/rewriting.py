"""An expression that carries no gradient comes in; what to write instead goes out, by the kind of the expression."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Location
from whygrad.repairs.casting import uncast
from whygrad.repairs.comparing import is_float_cast, softened
from whygrad.repairs.counting import counted
from whygrad.repairs.file import SourceFile
from whygrad.repairs.following import step
from whygrad.repairs.leaving import stayed
from whygrad.repairs.offering import Source
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.rounding import smoothed
from whygrad.repairs.siblings import siblings

KINDS = (stayed, smoothed, softened, uncast, counted)


def rewritten(file: SourceFile, node: ast.expr | None) -> Rewrite | None:
    """None where no kind fits."""
    if node is None:
        return None
    return next((found for kind in KINDS if (found := kind(file, node)) is not None), None)


def mended(diagnosis: Diagnosis, source: Source, rewrite: Rewrite | None) -> Rewrite | None:
    """The rewrite of the place of a diagnosis, where every other cut on its path can be rewritten too: half a repair is none."""
    if rewrite is None or not all(_is_mendable(source, at, rewrite) for at in _other_cuts(diagnosis)):
        return None
    return rewrite


def _other_cuts(diagnosis: Diagnosis) -> list[Location]:
    again = [r.location for r in diagnosis.related if r.message.startswith("a second cut")]
    return [at for at in [*again, *(s.location for s in diagnosis.path if not s.carries_gradient)] if at is not None and at != diagnosis.location]


def _is_mendable(source: Source, at: Location, rewrite: Rewrite) -> bool:
    """It goes with the rewrite, casts to floats, or can be rewritten in the next round."""
    file = source.file(at)
    node = None if file is None else file.expression(at)
    if file is None or node is None:
        return False
    if any(covers(e.location, at) for e in rewrite.edits) or is_float_cast(file, node):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and step(file, node.func, "") is not None:
        return True  # a method of arrays that goes with what it is called on
    return siblings(file, node) is not None if stayed(file, node) is not None else rewritten(file, node) is not None


def covers(outer: Location, inner: Location) -> bool:
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    return outer.path == inner.path and begins and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
