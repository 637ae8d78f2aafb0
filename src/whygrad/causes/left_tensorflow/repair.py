"""`np.mean(x)` -> `tf.reduce_mean(x)`; `.numpy()` and `float()` taken away. Only where every further exit, on the path or beside it, can go too.

What is written into an array row by row is kept in a list instead.
"""

from __future__ import annotations

from whygrad.model import Diagnosis, Fix
from whygrad.repairs.collecting import collected
from whygrad.repairs.leaving import stayed
from whygrad.repairs.offering import Source
from whygrad.repairs.rewriting import mended
from whygrad.repairs.siblings import with_siblings


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    node = source.main.expression(diagnosis.location)
    whole = node or source.main.whole_statement(diagnosis.location)
    rows = None if whole is None else mended(diagnosis, source, collected(source.main, whole))
    if rows is not None:
        return rows.fix()
    found = None if node is None else mended(diagnosis, source, stayed(source.main, node))
    closed = None if node is None else with_siblings(source.main, node, found)
    return None if closed is None else closed.fix()
