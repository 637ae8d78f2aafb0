"""The path of a Location comes in; the words for the place go out. Light: without the terminal's library."""

from __future__ import annotations

import os
import sys

from whygrad.model import Location

_CELL = ":cell "


def short_path(path: str) -> str:
    """Relative to the current folder when it lies below it."""
    try:
        here = os.path.join(os.getcwd(), "")
    except OSError:  # the program has removed its own folder
        return path
    return path.removeprefix(here)


def cell_of(path: str) -> tuple[str, int | None]:
    """The file, and the number of the cell where the path is one in a notebook: `train.ipynb:cell 3`."""
    file, _, number = path.rpartition(_CELL)
    return (file, int(number)) if file.endswith(".ipynb") and number.isascii() and number.isdigit() else (path, None)


def live_cell(path: str) -> str:
    """`cell In[3]` where the path is what IPython, running here, calls the code of a cell; else nothing."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    namer = getattr(getattr(shell, "compile", None), "format_code_name", None)  # from IPython 8 on
    kind, name = (namer(path) if namer is not None else None) or ("", "")
    return f"{kind} {name}".lower().replace("in[", "In[") if kind == "Cell" else ""


def spot(location: Location) -> str:
    """`path:14:12`; `cell In[3], line 14:12` in a notebook that runs; `path: cell 3, line 14:12` in one that was read."""
    live = live_cell(location.path)
    return f"{live}, line {location.line}:{location.column}" if live else f"{short_path(cell_of(location.path)[0])}:{position(location)}"


def position(location: Location) -> str:
    """`14:12`; in a notebook ` cell 3, line 14:12`, so that nobody looks for line 14 of the JSON."""
    _, cell = cell_of(location.path)
    numbers = f"{location.line}:{location.column}"
    return numbers if cell is None else f" cell {cell}, line {numbers}"
