"""`np.mean(x)` -> `tf.reduce_mean(x)`; `.numpy()` and `float()` taken away. Only where every further exit, on the path or beside it, can go too."""

from __future__ import annotations

from whygrad.dataclass import replace
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.leaving import stayed
from whygrad.repairs.offering import Source
from whygrad.repairs.rewriting import mended
from whygrad.repairs.siblings import siblings


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    node = source.main.expression(diagnosis.location)
    found = None if node is None else mended(diagnosis, source, stayed(source.main, node))
    if node is None or found is None:
        return None
    beside = siblings(source.main, node)
    if beside is None:
        return None
    edits = (*found.edits, *(e for e in beside if e not in found.edits))
    return replace(found, edits=edits, safety="review" if beside else found.safety).fix()
