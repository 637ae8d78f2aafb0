"""Two factors that both begin as zeros begin as small random numbers."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.beginning import begun_at_random, default_at_random
from whygrad.repairs.imported import called
from whygrad.repairs.offering import Source, related_place

LOOKUPS = ("gather", "embedding_lookup", "take")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """Only where the other factor is a variable that began as zeros: of a mask or a schedule nobody can tell what it should be."""
    partner = _partner(diagnosis, source)
    if not partner or partner not in {v.name for v in diagnosis.variables}:
        return None
    edits: list[Edit] = []
    for variable in diagnosis.variables:
        file = source.file(variable.location) if variable.initial == "zeros" else None
        weight = variable.name.replace(".", "/").rpartition("/")[2]
        node = None if file is None else file.expression(variable.location)
        found = [] if file is None else begun_at_random(file, node, weight) or default_at_random(file, node)
        if variable.name == partner and not found:
            return None
        edits += [e for e in found if e not in edits]
    return Fix("begin with small random numbers instead of zeros", edits=tuple(edits)) if edits else None


def _partner(diagnosis: Diagnosis, source: Source) -> str:
    """The variable that is the other factor, or that the other factor is a row of: `tf.gather(q, i)` where `q` began as zeros."""
    if diagnosis.fix is not None and diagnosis.fix.title.startswith("initialise "):
        return diagnosis.fix.title.split("`")[1]
    at = related_place(diagnosis, "what it is multiplied by comes from here")
    file = source.file(at)
    node = file.expression(at) if file is not None else None
    if file is None or not isinstance(node, ast.Call) or called(file, node).rpartition(".")[2] not in LOOKUPS or not node.args:
        return ""
    table = file.code(node.args[0])
    return table if len(diagnosis.variables) > 1 and all(v.initial == "zeros" for v in diagnosis.variables) else ""
