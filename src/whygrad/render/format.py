"""What every format is: a function from a Report to text."""

from __future__ import annotations

from typing import Protocol

from whygrad.model import Report


class Format(Protocol):
    """Renders a report. `gradients`: True shows their table, False does not, None shows it where it is short and says something.

    `variables`: whether the table of all variables is shown.
    """

    def __call__(
        self, report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
    ) -> str: ...
