"""What questions about the user's source are answered with: plain, frozen, without syntax nodes in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whygrad.model import Location


@dataclass(frozen=True, slots=True)
class Step:
    """An expression that a value passes through. `call`: what a call calls ("numpy.mean", "float", ".numpy", a user's function)."""

    location: Location
    call: str | None


@dataclass(frozen=True, slots=True)
class CallInfo:
    """The parts of a call as they are written."""

    location: Location
    name: str
    func: Location
    args: tuple[Location, ...]
    keywords: Mapping[str, Location]


@dataclass(frozen=True, slots=True)
class FunctionInfo:
    """The function around a place. `unread`: parameters without a default that its body never reads."""

    name: str
    location: Location
    header: Location
    parameters: tuple[str, ...]
    unread: frozenset[str]
