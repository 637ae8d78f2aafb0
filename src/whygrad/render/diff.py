"""Edits, or two programs, come in; the lines of a small diff go out, neutral: a sign and a text each."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from whygrad.model import Edit
from whygrad.render.plain_text import split_lines


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`sign` is "-", "+" or " "."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """What changes in one place, starting at `line` of `path`."""

    path: str
    line: int
    lines: tuple[DiffLine, ...]


def hunks(edits: Sequence[Edit]) -> tuple[Hunk, ...]:
    """The edits as changed lines. Edits that touch the same or neighbouring lines are shown as one change."""
    return tuple(_hunk(group) for group in _neighbours(sorted(edits, key=_position)))


def compare(old: str, new: str) -> tuple[DiffLine, ...]:
    """Both texts whole, as one diff."""
    before, after = split_lines(old.rstrip()), split_lines(new.rstrip())
    differences = difflib.unified_diff(before, after, n=len(before) + len(after), lineterm="")
    return tuple(DiffLine(line[0], line[1:]) for line in list(differences)[3:])  # after "---", "+++" and "@@"


def _position(edit: Edit) -> tuple[str, int, int]:
    return edit.location.path, edit.location.line, edit.location.column


def _neighbours(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    group: list[Edit] = list(edits[:1])
    for previous, edit in pairwise(edits):
        if edit.location.path != previous.location.path or edit.location.line > previous.location.end_line + 1:
            yield group
            group = []
        group.append(edit)
    if group:
        yield group


def _hunk(group: Sequence[Edit]) -> Hunk:
    first = group[0].location
    if all(len(edit.location.source) == edit.location.end_line - edit.location.line + 1 for edit in group):
        lines = _changed(group)
    else:
        lines = tuple(line for edit in group for line in _expression(edit))
    return Hunk(first.path, first.line, lines)


def _changed(group: Sequence[Edit]) -> tuple[DiffLine, ...]:
    """The full lines before and after, from the source lines that the edits carry."""
    source = {edit.location.line + index: text for edit in group for index, text in enumerate(edit.location.source)}
    first = min(source)
    old = [source[number] for number in sorted(source)]
    starts = [0]
    for text in old:
        starts.append(starts[-1] + len(text) + 1)
    new = "\n".join(old)
    for edit in reversed(group):
        at = edit.location
        begin, end = starts[at.line - first] + at.column - 1, starts[at.end_line - first] + at.end_column - 1
        new = new[:begin] + edit.replacement + new[end:]
    return tuple(line for line in compare("\n".join(old), new) if line.sign != "+" or line.text.strip())


def _expression(edit: Edit) -> Iterator[DiffLine]:
    """Without the source lines, only the expression itself can be shown."""
    yield from (DiffLine("-", text) for text in split_lines(edit.location.text) if text.strip())
    yield from (DiffLine("+", text) for text in split_lines(edit.replacement) if text.strip())
