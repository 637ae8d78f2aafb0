"""The path of a Location comes in; the words for the place go out. Light: without the terminal's library."""

from __future__ import annotations

import os
import re

from whygrad.model import Location

_CELL = re.compile(r"(.*\.ipynb):cell (\d+)", re.DOTALL)


def short_path(path: str) -> str:
    """Relative to the current folder when it lies below it."""
    try:
        here = os.path.join(os.getcwd(), "")
    except OSError:  # the program has removed its own folder
        return path
    return path.removeprefix(here)


def cell_of(path: str) -> tuple[str, int | None]:
    """The file, and the number of the cell where the path is one in a notebook: `train.ipynb:cell 3`."""
    found = _CELL.fullmatch(path)
    return (found.group(1), int(found.group(2))) if found else (path, None)


def position(location: Location) -> str:
    """`14:12`; in a notebook ` cell 3, line 14:12`, so that nobody looks for line 14 of the JSON."""
    _, cell = cell_of(location.path)
    numbers = f"{location.line}:{location.column}"
    return numbers if cell is None else f" cell {cell}, line {numbers}"
