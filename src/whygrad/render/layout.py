"""Texts with styles come in; lines that fit a width go out. The only place that knows rich's classes and the names of colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from whygrad.render.plain_text import fit, shorten
from whygrad.words import Severity

# Colours that can be read on a dark and on a light background; everything else keeps the terminal's own colour.
SEVERITY_STYLE: dict[Severity, str] = {"error": "bold red", "warning": "bold magenta", "note": "bold cyan"}
DIFF_STYLE = {"-": "red", "+": "green", " ": "dim"}
HANG = 4

_CODE = re.compile(r"`[^`\n]+`")
_WORD = re.compile(r"(\s*)((?:`(?=\S)[^`\n]{1,40}(?<=\S)`|\S)+)")  # what lies between two quotations begins or ends with a space


def styled(*parts: str | tuple[str, str]) -> Text:
    """One text from plain pieces and `(text, style)` pairs."""
    return Text.assemble(*parts, no_wrap=False)


def quoted(text: str, style: str = "") -> Text:
    """Text in which `code between backticks` stands out."""
    result = Text(text, style=style)
    result.highlight_regex(_CODE, "bold")
    return result


def wrap(text: Text, width: int, hang: int = HANG, *, fold: bool = True) -> list[Text]:
    """Break at spaces; every line but the first is indented by `hang`. A word wider than the line is folded, or without `fold` left whole."""
    spans = list(_spans(text.plain, max(width, 10), max(width - hang, 10), fold))
    head, *rest = (text[start:end] for start, end in spans)
    return _trimmed([head, *(Text(" " * hang) + line for line in rest)])


def item(label: str, text: Text, width: int) -> list[Text]:
    """`  = label: text`, wrapped."""
    return wrap(styled("  = ", (f"{label}: " if label else "", "bold")) + text, width)


def columns(rows: Sequence[Sequence[Text]], indent: int, gap: int = 2) -> list[Text]:
    """Cells under each other, aligned to the left."""
    widths = [max(cell_len(cell.plain) for cell in column) for column in zip(*rows, strict=True)]
    return _trimmed([Text(" " * indent) + Text(" " * gap).join(map(_padded, row, widths)) for row in rows])


def cropped(lines: Iterable[Text], width: int) -> list[Text]:
    """Lines of a table, cut with `...` where the screen is too narrow for it."""
    return [line if cell_len(line.plain) <= width else Text(shorten(line.plain, width)) for line in lines]


def finished(lines: Iterable[Text], *, width: int, color: bool) -> str:
    """The lines as one string, with escape sequences for colour or without any."""
    texts = list(lines)
    if not color:
        return "".join(f"{text.plain}\n" for text in texts)
    out = StringIO()
    console = Console(file=out, width=width, height=25, color_system="standard", force_terminal=True, no_color=False, legacy_windows=False)
    for text in texts:
        console.print(text, soft_wrap=True)
    return out.getvalue()


def _padded(cell: Text, width: int) -> Text:
    return cell + " " * (width - cell_len(cell.plain))


def _trimmed(lines: list[Text]) -> list[Text]:
    for line in lines:
        line.rstrip()
    return lines


def _spans(plain: str, width: int, room: int, fold: bool) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends: the first in `width` cells, the others in `room`. Short code between backticks is one word."""
    begin = end = used = 0
    for word in _WORD.finditer(plain):
        wide = cell_len(word.group())
        if "\n" in word.group(1) or (used and used + wide > width):
            yield begin, end
            begin, used, width, wide = word.start(2), 0, room, cell_len(word.group(2))
        while fold and not used and wide > width:
            cut = begin + len(fit(plain[begin : word.end()], width))
            yield begin, cut
            begin, width, wide = cut, room, cell_len(plain[cut : word.end()])
        end = word.end()
        used += wide
    yield begin, max(begin, end)
