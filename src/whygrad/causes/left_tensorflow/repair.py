"""`np.mean(x)` -> `tf.reduce_mean(x)`; `.numpy()` and `float()` taken away. Only where every further exit on the path has a way back."""

from __future__ import annotations

from whygrad.model import Diagnosis, Fix
from whygrad.repairs.leaving import stayed
from whygrad.repairs.offering import Source
from whygrad.repairs.rewriting import mended


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    node = source.main.expression(diagnosis.location)
    found = None if node is None else mended(diagnosis, source, stayed(source.main, node))
    return None if found is None else found.fix()
