"""What a rewritten expression is: a title, the edits, and whether a person must look at them."""

from __future__ import annotations

from whygrad.dataclass import dataclass
from whygrad.model import Edit, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.words import Safety


@dataclass(frozen=True, slots=True)
class Rewrite:
    """`title` says what the edits do."""

    title: str
    edits: tuple[Edit, ...]
    safety: Safety = "review"

    def fix(self) -> Fix:
        return Fix(self.title, self.safety, None, self.edits)
