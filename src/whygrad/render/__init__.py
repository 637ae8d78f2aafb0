"""A Report comes in; text goes out. `FORMATS` is the only list of formats; what a format needs is imported when it is used."""

from __future__ import annotations

import importlib
from typing import Protocol

from whygrad.model import Report

__all__ = ["FORMATS", "Format", "render_note"]


class Format(Protocol):
    """Renders a report. `gradients`: True shows their table, False does not, None shows it where it is short and says something.

    `variables`: whether the table of all variables is shown.
    """

    def __call__(
        self, report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
    ) -> str: ...


def _module(name: str) -> Format:
    """The function `render` of the module `name` of this package, imported at the first call."""

    def render(
        report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
    ) -> str:
        function: Format = importlib.import_module(f"{__name__}.{name}").render
        return function(report, width=width, color=color, encoding=encoding, gradients=gradients, variables=variables)

    return render


FORMATS: dict[str, Format] = {name: _module(name) for name in ("terminal", "json")}


def render_note(report: Report) -> str:
    """The short text for `BaseException.add_note`: plain ASCII, no colour, at most 25 lines; empty when there is nothing to say."""
    from whygrad.render import note

    return note.render_note(report)
