"""Two texts of a file come in; edits of whole lines that make the one the other, and a diff for people, go out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from whygrad.lint.editing import unified_diff
from whygrad.lint.files import read_bytes
from whygrad.lint.reading import decoded
from whygrad.model import Edit, Location


def edits_of(contents: Mapping[str, bytes]) -> tuple[Edit, ...]:
    """What these contents change in the files on the disk."""
    return tuple(edit for path, content in contents.items() for edit in _edits(path, *_texts(path, content)))


def diff_of(contents: Mapping[str, bytes]) -> str:
    """The same as a unified diff, with paths from the current folder."""
    return "".join(unified_diff(os.path.relpath(path), *_texts(path, content)) for path, content in contents.items())


def _texts(path: str, content: bytes) -> tuple[str, str]:
    return decoded(path, read_bytes(path)).original, decoded(path, content).original


def _edits(path: str, old: str, new: str) -> Iterator[Edit]:
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            gone = before[start:end]
            source = tuple(line.rstrip("\r\n") for line in gone)
            yield Edit(Location(path, start + 1, 1, end + 1, 1, "", "".join(gone), source), "".join(after[first:last]))
