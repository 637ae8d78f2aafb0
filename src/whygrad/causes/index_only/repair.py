"""A comparison that chooses between two values becomes a gate between 0 and 1."""

from __future__ import annotations

from whygrad.model import Diagnosis, Fix
from whygrad.repairs.comparing import softened
from whygrad.repairs.offering import Source
from whygrad.repairs.rewriting import mended


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    node = source.main.expression(diagnosis.location)
    found = None if node is None else mended(diagnosis, source, softened(source.main, node))
    return None if found is None else found.fix()
