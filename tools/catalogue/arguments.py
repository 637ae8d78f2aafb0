"""The signature of a Target: its parameters with their positions."""

from __future__ import annotations

import inspect
from typing import Any

from tools.catalogue.surface import Target

from whygrad.catalogue import Argument

NEVER_SHOWN = frozenset({"self"})


def signature(target: Target) -> inspect.Signature | None:
    """Of the function; of a class, of what is called on the data. None where Python has none."""
    function: Any = target.function
    if target.kind == "metric":
        function = function.update_state
    elif target.kind == "loss":
        function = function.__call__
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def parameters(target: Target) -> list[tuple[str, int | None, bool]]:
    """(name, position, has a default); position None: by keyword only."""
    found = signature(target)
    listed = [p for p in found.parameters.values() if p.name not in NEVER_SHOWN and p.kind is not p.VAR_KEYWORD] if found else []
    return [(p.name, None if p.kind is p.KEYWORD_ONLY else n, p.default is not p.empty) for n, p in enumerate(listed)]


def plain(target: Target) -> tuple[Argument, ...]:
    """The arguments, before anything is known of what they take."""
    return tuple(Argument(name, position, "setting", optional) for name, position, optional in parameters(target))
