"""A text and edits come in; the new text goes out. An edit whose place no longer holds what it is said to hold is refused."""

from __future__ import annotations

import difflib
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from whygrad import syntax as ast
from whygrad.lint.reading import line_starts, newline_of
from whygrad.model import Edit

Change = tuple[int, int, str]  # from, to (exclusive), by what: in characters of the text
_NEWLINE = re.compile("\r\n|\r|\n")


def change_of(original: str, edit: Edit) -> Change | None:
    """Where an edit lies in `original`, with the file's own line ends. None where there is no such place, or another text stands there."""
    at, starts = edit.location, line_starts(original)
    if not 1 <= at.line <= at.end_line <= len(starts):
        return None
    start, end = starts[at.line - 1] + at.column - 1, starts[at.end_line - 1] + at.end_column - 1
    if not (_on_line(original, starts, at.line, start) and _on_line(original, starts, at.end_line, end) and start <= end):
        return None
    if at.text and _NEWLINE.sub("\n", original[start:end]) != _NEWLINE.sub("\n", at.text):
        return None
    newline = newline_of(original)
    return start, end, edit.replacement if newline == "\n" else _NEWLINE.sub(newline, edit.replacement)


def changed(original: str, changes: Iterable[Change]) -> str:
    """The text with all changes made. They do not overlap."""
    for start, end, replacement in sorted(changes, reverse=True):
        original = original[:start] + replacement + original[end:]
    return original


def collide(one: Change, other: Change) -> bool:
    """Whether two changes touch the same characters, or insert at the same place. The same change twice is one."""
    if one == other:
        return False
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(_NEWLINE.sub("\n", text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def unified_diff(path: str, old: str, new: str) -> str:
    """As `diff -u` writes it; empty for equal texts."""
    lines = difflib.unified_diff(_lines(old), _lines(new), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def spans(original: str) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, its line end included."""
    yield from pairwise([*line_starts(original), len(original)])


def _lines(text: str) -> Sequence[str]:
    """Lines with their ends as they are: a diff that is applied must not lose a carriage return."""
    return [text[start:end] for start, end in spans(text) if start < end]


def _on_line(original: str, starts: list[int], line: int, position: int) -> bool:
    """Whether a position lies on its line, at the latest before the line end."""
    if not starts[line - 1] <= position <= len(original):
        return False
    return bisect_right(starts, position) == line or position == starts[line - 1]
