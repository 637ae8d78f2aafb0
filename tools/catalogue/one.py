"""One Target -> the answer of a worker: its line for the data file, and calls of raw ops that were seen on the way."""

from __future__ import annotations

import re
from typing import Any

from tools.catalogue.arguments import plain
from tools.catalogue.backwards import first_line
from tools.catalogue.building import built, traced
from tools.catalogue.calls import Spec, call
from tools.catalogue.harvest import Harvest
from tools.catalogue.measure import measure
from tools.catalogue.specs import NoCallError, attempt, example, extras, spec_for
from tools.catalogue.surface import Target
from tools.catalogue.values import Values

from whygrad.catalogue import Entry
from whygrad.catalogue.lines import line_of


def measure_one(target: Target, given: Spec | None, harvest: Harvest) -> dict[str, Any]:
    """`given`: a spec from the harvest, for a raw op; used where no example was written."""
    entry = _entry(target, given, harvest)
    return {"name": target.name, "line": line_of(entry), "harvest": harvest.fresh()}


def after_a_crash(target: Target, reason: str) -> dict[str, Any]:
    """The answer for what ended an earlier worker: nothing is run any more; a raw op can still be built in a graph."""
    entry = built(target, reason) if target.kind == "op" else not_measured(target, reason)
    return {"name": target.name, "line": line_of(entry), "harvest": {}}


def _entry(target: Target, given: Spec | None, harvest: Harvest) -> Entry:
    try:
        usable = given is not None and "PyFunc" not in target.name and example(target) is None and attempt(target, given) == "finite"
        spec = given if given is not None and usable else spec_for(target)
        optional = {} if target.kind == "op" else extras(target, spec)
        entry = measure(target, spec, optional)
        if target.kind == "op":
            return _of_an_op(target, entry)
        harvest.add(call(target, spec, Values(1), record=True).ops)
        return entry
    except NoCallError as error:
        return built(target, str(error)) if target.kind == "op" else _in_a_graph(target, str(error))


def _of_an_op(target: Target, entry: Entry) -> Entry:
    """A gradient that travels in a variant (a list of tensors, a sparse matrix) cannot be asked of a tape, but in a graph it can."""
    if not any(o.dtype == "variant" for o in entry.outputs):
        return entry
    in_graph = built(target, "")
    return in_graph if in_graph.flows else entry


def _in_a_graph(target: Target, reason: str) -> Entry:
    """With the example, where only the kernel or eager execution is missing."""
    spec = example(target)
    if spec is None or not re.search(r"Could not find device|eager execution", reason):
        return not_measured(target, reason)
    try:
        return traced(target, spec, "no kernel for CPUs" if "device" in reason else "not for eager execution")
    except Exception as error:
        return not_measured(target, f"{reason}; in a graph: {type(error).__name__}: {first_line(error)}")


def not_measured(target: Target, reason: str) -> Entry:
    return Entry(target.name, target.aliases, plain(target), reason=reason)
