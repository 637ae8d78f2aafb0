"""What the analysis hands to a cause, and what the cause says about it: facts in, words out."""

from __future__ import annotations

from collections.abc import Mapping

from whygrad.dataclass import dataclass, field
from whygrad.model import Fix, Location, VariableInfo


@dataclass(frozen=True, slots=True)
class Evidence:
    """A cut that was found, with everything that may be said about it.

    `facts` are short texts whose keys each cause names in its `claim`; a fact that is not known is not in it.
    """

    variables: tuple[VariableInfo, ...]
    location: Location | None
    target: str  # the target as the user wrote it
    all_missing: bool  # no gradient at all came back from this call
    proven: bool
    tape: Location | None
    gradient_call: Location | None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> str:
        """The variables in a sentence: `w`; `w` and `b`; all 4 of `model.trainable_variables`; `w`, `b` and 3 others."""
        quoted = [f"`{v.name}`" for v in self.variables]
        listed = quote(self.fact("sources"), 48)
        if len(quoted) > 3 and self.all_missing and listed and not listed.startswith(("`[", "`(")):
            return f"all {len(quoted)} of {listed}"
        if len(quoted) > 3:
            return f"{quoted[0]}, {quoted[1]} and {len(quoted) - 2} others"
        return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]])) if quoted else "the variables"

    @property
    def verb(self) -> str:
        return "get" if len(self.variables) != 1 else "gets"

    @property
    def code(self) -> str:
        """The expression of the cut in backquotes, on one line and not too long."""
        return quote(self.location.text if self.location else "") or "this expression"

    def fact(self, name: str, default: str = "") -> str:
        return self.facts.get(name, default)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a cause says: `message` is one line that is enough alone, `explanation` why the gradient stops, `fix` what to type."""

    message: str
    explanation: str
    fix: Fix | None = None


def quote(text: str, limit: int = 72) -> str:
    """User's code for a sentence: one line, shortened in the middle, in backquotes. Empty for empty text."""
    line = " ".join(text.split())
    if len(line) > limit:
        line = f"{line[: limit - 20].rstrip()} ... {line[-14:].lstrip()}"
    return f"`{line}`" if line else ""
