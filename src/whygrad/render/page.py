"""The page of a cause, or the whole catalogue, comes in; a text to read in a terminal goes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from rich.text import Text

from whygrad.render.details import diff_line
from whygrad.render.diff import compare
from whygrad.render.layout import columns, finished, quoted, styled, wrap
from whygrad.render.plain_text import printable, split_lines
from whygrad.render.screen import Screen

_INDENT = 4
_ADDRESS_LAST = re.compile(r"https?://\S+$")
_BULLET = re.compile(r"(?:[-*]|\d+\.) ")


class Page(Protocol):
    """What is needed of a cause."""

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def sections(self) -> Mapping[str, str]: ...


def render_list(pages: Iterable[Page], screen: Screen) -> str:
    """Every cause with its title."""
    rows = [[styled((page.slug, "bold")), Text(printable(page.title, screen.encoding))] for page in pages]
    hang = max((len(slug.plain) for slug, _ in rows), default=0) + 4
    lines = [line for row in columns(rows, indent=2) for line in wrap(row, screen.width, hang)]
    ending = [Text(), styled("One of them: ", ("whygrad explain CAUSE", "bold"))]
    return finished([*lines, *ending], width=screen.width, color=screen.color)


def render_page(page: Page, broken: str | None, fixed: str | None, screen: Screen) -> str:
    """The page, then the broken program and its repair as one diff."""
    lines = wrap(styled((page.slug, "bold red"), ": ") + quoted(printable(page.title, screen.encoding), "bold"), screen.width)
    for heading, text in page.sections.items():
        lines += [Text(), styled((heading, "bold")), *_section(printable(text, screen.encoding), screen)]
    if broken is not None and fixed is not None:
        lines += [Text(), styled(("The broken program, and what repairs it", "bold"))]
        lines += [diff_line(line, _INDENT, screen) for line in compare(broken, fixed)]
    return finished(lines, width=screen.width, color=screen.color)


def _section(text: str, screen: Screen) -> list[Text]:
    return [line for block in _blocks(text) for line in _block(block, screen.width)]


def _blocks(text: str) -> Iterator[str]:
    """Prose as one string per paragraph or list entry; code, which is indented, and empty lines as they are."""
    prose: list[str] = []
    for line in split_lines(text):
        starts_block = not line.strip() or line.startswith(" ") or _BULLET.match(line)
        continues_entry = line.startswith(" ") and prose and _BULLET.match(prose[0])
        if starts_block and not continues_entry:
            yield from _joined(prose)
            prose = []
        if line.strip() and (not line.startswith(" ") or continues_entry):
            prose.append(line.strip())
        else:
            yield line
        if _ADDRESS_LAST.search(line):
            yield from _joined(prose)
            prose = []
    yield from _joined(prose)


def _joined(prose: list[str]) -> Iterator[str]:
    if prose:
        yield " ".join(prose)


def _block(block: str, width: int) -> list[Text]:
    if block.startswith(" ") or not block:
        return [Text(f"{' ' * _INDENT}{block}".rstrip())]  # code is copied by readers: never broken
    hang = 2 if _BULLET.match(block) else 0
    return [Text(" " * _INDENT) + line for line in wrap(quoted(block), width - _INDENT, hang, fold=False)]  # an address stays whole
