"""What classification says about one source: which cause, where, with which facts. Words come later, from the cause itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from whygrad.analyse.ways import Edge
from whygrad.model import Location, Related
from whygrad.words import GradientStatus


@dataclass
class Finding:
    """The cause of one missing (or zero, or not finite) gradient. `severity` is left to the call it belongs to when None."""

    cause: str
    location: Location | None
    edges: list[Edge] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    proven: bool = True
    severity: str | None = None
    gradient: GradientStatus = "none"
    dies: Edge | None = None  # where a gradient that is there becomes zero or not finite
