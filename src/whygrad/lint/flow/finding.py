"""What a detector hands on: which cause, where, with which facts and related places."""

from __future__ import annotations

from whygrad.dataclass import dataclass, field
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.ways import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.words import GradientStatus


@dataclass(slots=True)
class Finding:
    """`related` pairs a sentence with a place. `steps`: the way from the variable to the target, if there is one."""

    cause: str
    site: Site | None
    facts: dict[str, str] = field(default_factory=dict)
    related: list[tuple[str, Site | None]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    proven: bool = True
    severity: str = ""
    gradient: GradientStatus = "none"
