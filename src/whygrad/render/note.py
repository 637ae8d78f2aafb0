"""A Report comes in; the few lines that an exception carries along go out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from whygrad.model import Diagnosis, Report
from whygrad.render import details
from whygrad.render.layout import finished, styled, wrap
from whygrad.render.screen import Screen
from whygrad.render.terminal import summary

MOST_LINES = 25
_OTHERS = 3


def render_note(report: Report) -> str:
    """The first diagnosis with its place, path and repair, the others by their first line. ASCII, because logs are read anywhere."""
    if not report.diagnoses:
        return ""
    screen = Screen(encoding="ascii")
    first, *others = report.diagnoses
    ending = [*_others(others, screen), *details.more(first, screen)[:1]]
    start = [*wrap(styled("whygrad: ") + summary(report), screen.width), *details.head(first, screen)]
    body = [*details.source(first, screen), *details.path(first, screen), *_cut(details.why(first, screen), 4), *details.fix(first, screen)]
    start = _cut(start, 6)
    lines = [*start, *_cut(body, MOST_LINES - len(ending) - len(start)), *ending]
    return finished(lines, width=screen.width, color=False).rstrip("\n")


def _others(others: Sequence[Diagnosis], screen: Screen) -> list[Text]:
    lines = [line for other in others[:_OTHERS] for line in _cut(details.head(other, screen), 2)]
    more = len(others) - _OTHERS
    return lines if more <= 0 else [*lines, Text(f"and {more} more: whygrad run shows all")]


def _cut(lines: list[Text], most: int) -> list[Text]:
    return lines if len(lines) <= most else [*lines[: most - 1], Text("    ...")]
