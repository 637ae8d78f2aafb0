"""A metric becomes the loss of its name, a running mean hands on what it was given, a total becomes a tensor, a copy the value, rows a list."""

from __future__ import annotations

from whygrad.causes.state_round_trip.metric import as_loss, beside_the_metric
from whygrad.causes.state_round_trip.total import as_tensor
from whygrad.causes.state_round_trip.value import as_value
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.collecting import collected
from whygrad.repairs.offering import Source


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if node is None:
        return None
    rows = collected(file, node)
    if rows is not None:
        return rows.fix()
    return as_value(file, node) or as_loss(file, node) or beside_the_metric(file, node) or as_tensor(file, node)
