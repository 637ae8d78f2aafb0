"""A Location comes in; the source lines to show, with the marked part of each, go out: neutral, for a terminal as for a page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.cells import cell_len

from whygrad.model import Location
from whygrad.render.paths import spot
from whygrad.render.plain_text import ELLIPSIS, fit, fit_end, inline, pieces, split_lines

MOST_LINES = 6
_LINES_BEFORE_GAP = 4


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line to show. `text[start:end]` is marked; `number` is None for the line that stands for those left out."""

    number: int | None
    text: str
    start: int = 0
    end: int = 0


def excerpt(location: Location, *, width: int | None = None, encoding: str = "utf-8") -> tuple[SourceLine, ...]:
    """The lines of `location`, tabs expanded, cleaned, and cropped around the mark to `width` cells."""
    raw = location.source or (tuple(split_lines(location.text)) if location.text else ())
    lines = [_marked(location, index, text, encoding) for index, text in enumerate(raw)]
    if len(lines) > MOST_LINES:
        lines = [*lines[:_LINES_BEFORE_GAP], SourceLine(None, ELLIPSIS), lines[-1]]
    return tuple(line if width is None else crop(line, width) for line in lines)


def crop(line: SourceLine, width: int) -> SourceLine:
    """The line in at most `width` cells, `...` where something is left out; the beginning of the mark always stays visible."""
    if cell_len(line.text) <= width:
        return line
    if cell_len(line.text[: line.end]) + len(ELLIPSIS) <= width:
        return replace(line, text=fit(line.text, width - len(ELLIPSIS)) + ELLIPSIS)
    return _window(line, width)


def place(location: Location, encoding: str = "utf-8") -> str:
    """`path:line:column`, the path as one would type it in the current folder; `path: cell 3, line 4:5` in a notebook."""
    return inline(spot(location), encoding)


def _marked(location: Location, index: int, text: str, encoding: str) -> SourceLine:
    shown = pieces(text.rstrip("\r\n"), encoding)
    start, end = _bounds(location, index, text)
    line = "".join(shown)
    left, right = len("".join(shown[:start])), len("".join(shown[:end]))
    return SourceLine(location.line + index, line.rstrip(), left, max(left, min(right, len(line.rstrip()))))


def _bounds(location: Location, index: int, text: str) -> tuple[int, int]:
    """The marked characters of line number `index`: from the column on the first, from the first letter on the others."""
    if not location.source:  # the lines are the expression itself
        return 0, len(text)
    first, last = index == 0, location.line + index == location.end_line
    start = location.column - 1 if first else len(text) - len(text.lstrip())
    end = location.end_column - 1 if last else len(text.rstrip())
    return max(0, min(start, len(text))), max(0, min(end, len(text)))


def _window(line: SourceLine, width: int) -> SourceLine:
    before, rest = line.text[: line.start], line.text[line.start :]
    room = max(width - 2 * len(ELLIPSIS), 1)
    spare = max(room - cell_len(line.text[line.start : line.end]), 0)
    after = cell_len(line.text[line.end :])
    lead = fit_end(before, max(spare // 2, spare - after))  # near the end of the line the space goes to the left
    left = ELLIPSIS if len(lead) < len(before) else ""
    head = left + lead
    tail = width - cell_len(head)
    body = rest if cell_len(rest) <= tail else fit(rest, max(tail - len(ELLIPSIS), 1))
    dots = ELLIPSIS if len(body) < len(rest) else ""
    return SourceLine(line.number, head + body + dots, len(head), len(head) + min(line.end - line.start, len(body)))
