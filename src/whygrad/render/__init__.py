"""A Report comes in; text goes out. `FORMATS` is the only list of formats; what a format needs is imported when it is used."""

from __future__ import annotations

TYPE_CHECKING = False  # `whygrad check` comes here without a report where the result is known
if TYPE_CHECKING:
    from whygrad.model import Report
    from whygrad.render.format import Format

__all__ = ["FORMATS", "render_note"]


def _module(name: str) -> Format:
    """The function `render` of the module `name` of this package, imported at the first call."""

    def render(
        report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
    ) -> str:
        import importlib

        function: Format = importlib.import_module(f"{__name__}.{name}").render
        return function(report, width=width, color=color, encoding=encoding, gradients=gradients, variables=variables)

    return render


FORMATS: dict[str, Format] = {name: _module(name) for name in ("terminal", "concise", "json", "sarif", "github")}


def render_note(report: Report) -> str:
    """The short text for `BaseException.add_note`: plain ASCII, no colour, at most 25 lines; empty when there is nothing to say."""
    from whygrad.render import note

    return note.render_note(report)
