"""The cast to integers goes; a comparison that is cast becomes a sigmoid of the difference."""

from __future__ import annotations

from whygrad.model import Diagnosis, Fix
from whygrad.repairs.offering import Source
from whygrad.repairs.rewriting import mended, rewritten


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    found = mended(diagnosis, source, rewritten(source.main, source.main.expression(diagnosis.location)))
    return None if found is None else found.fix()
