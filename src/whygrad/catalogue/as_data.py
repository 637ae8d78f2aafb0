"""An Entry -> plain dicts, lists and strings: what `whygrad ops --format json` prints. Schema "whygrad-ops/1"."""

from __future__ import annotations

from collections.abc import Iterable

from whygrad.catalogue.entry import Argument, Entry
from whygrad.catalogue.lookup import Catalogue
from whygrad.catalogue.replacements import for_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = "whygrad-ops/1"


def document(catalogue: Catalogue, entries: Iterable[Entry]) -> dict[str, Any]:
    versions = {"tensorflow": catalogue.tensorflow, "keras": catalogue.keras}
    return {"schema": SCHEMA, "measured_with": versions, "functions": [as_data(entry) for entry in entries]}


def as_data(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "aliases": list(entry.aliases),
        "status": entry.status.value,
        "arguments": [_argument(entry, a) for a in entry.arguments],
        "outputs": [{"name": o.name, "dtype": o.dtype} for o in entry.outputs],
        "call": entry.call,
        "checked": entry.checked or None,
        "doubt": entry.doubt or None,
        "reason": entry.reason or None,
        "replacements": [{"slug": r.slug, "title": r.title, "cost": r.cost, "code": r.code} for r in for_entry(entry)],
    }


def _argument(entry: Entry, argument: Argument) -> dict[str, Any]:
    detail = entry.detail(argument.name)
    return {
        "name": argument.name,
        "position": argument.position,
        "kind": argument.kind,
        "optional": argument.optional,
        "gradient": [status.value for status in entry.flow(argument.name)],
        "stops_at": list(detail.stops_at),
        "depends": [{"when": condition, "gradient": status.value} for condition, status in detail.depends],
        "note": detail.note or None,
    }
