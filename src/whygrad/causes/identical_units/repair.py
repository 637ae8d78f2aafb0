"""The initialiser that makes all units equal goes, or another comes in its place."""

from __future__ import annotations

from whygrad.model import Diagnosis, Fix
from whygrad.repairs.beginning import begun_at_random
from whygrad.repairs.offering import Source


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """Of several layers that began equal all; none where one of them is not clear."""
    edits = []
    for variable in diagnosis.variables:
        at = variable.location if len(diagnosis.variables) > 1 else diagnosis.location
        file = source.file(at)
        found = [] if file is None else begun_at_random(file, file.expression(at), variable.name.replace(".", "/").rpartition("/")[2])
        if not found:
            return None
        edits += [e for e in found if e not in edits]
    return Fix("begin at random: without the initialiser that makes all units equal", edits=tuple(edits)) if edits else None
