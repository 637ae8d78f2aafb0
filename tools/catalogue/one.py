"""One Target -> the answer of a worker: its line for the data file, and calls of raw ops that were seen on the way."""

from __future__ import annotations

from typing import Any

from tools.catalogue.arguments import plain
from tools.catalogue.building import built
from tools.catalogue.calls import Spec, call
from tools.catalogue.harvest import Harvest
from tools.catalogue.measure import measure
from tools.catalogue.specs import NoCallError, attempt, extras, spec_for
from tools.catalogue.surface import Target
from tools.catalogue.values import Values

from whygrad.catalogue import Entry
from whygrad.catalogue.lines import line_of


def measure_one(target: Target, given: Spec | None, harvest: Harvest) -> dict[str, Any]:
    """`given`: a spec from the harvest, for a raw op; used where no example was written."""
    entry = _entry(target, given, harvest)
    return {"name": target.name, "line": line_of(entry), "harvest": harvest.fresh()}


def _entry(target: Target, given: Spec | None, harvest: Harvest) -> Entry:
    try:
        spec = given if given is not None and attempt(target, given) == "finite" else spec_for(target)
        optional = {} if target.kind == "op" else extras(target, spec)
        entry = measure(target, spec, optional)
        if target.kind != "op":
            harvest.add(call(target, spec, Values(1), record=True).ops)
        return entry
    except NoCallError as error:
        return built(target, str(error)) if target.kind == "op" else not_measured(target, str(error))


def not_measured(target: Target, reason: str) -> Entry:
    return Entry(target.name, target.aliases, plain(target), reason=reason)
