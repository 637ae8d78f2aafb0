"""Two factors that both begin as zeros begin as small random numbers."""

from __future__ import annotations

from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.beginning import begun_at_random
from whygrad.repairs.offering import Source


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """Only where the other factor is a variable that began as zeros: of a mask or a schedule nobody can tell what it should be."""
    if diagnosis.fix is None or not diagnosis.fix.title.startswith("initialise "):
        return None
    edits: list[Edit] = []
    partner = diagnosis.fix.title.split("`")[1]
    for variable in diagnosis.variables:
        file = source.file(variable.location) if variable.initial == "zeros" else None
        weight = variable.name.replace(".", "/").rpartition("/")[2]
        found = [] if file is None else begun_at_random(file, file.expression(variable.location), weight)
        if variable.name == partner and not found:
            return None
        edits += [e for e in found if e not in edits]
    known = partner in {v.name for v in diagnosis.variables}
    return Fix("begin with small random numbers instead of zeros", edits=tuple(edits)) if edits and known else None
