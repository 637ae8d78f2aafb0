"""Two factors that both begin as zeros begin as small random numbers."""

from __future__ import annotations

from whygrad.model import Diagnosis, Fix
from whygrad.repairs.beginning import begun_at_random
from whygrad.repairs.offering import Source


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """Only where the other factor is a variable that began as zeros: of a mask or a schedule nobody can tell what it should be."""
    if diagnosis.fix is None or not diagnosis.fix.title.startswith("initialise "):
        return None
    edits = []
    for variable in diagnosis.variables:
        file = source.file(variable.location) if variable.initial == "zeros" else None
        found = [] if file is None else begun_at_random(file, file.expression(variable.location), variable.name.replace(".", "/").rpartition("/")[2])
        edits += [e for e in found if e not in edits]
    return Fix("begin with small random numbers instead of zeros", edits=tuple(edits)) if edits else None
