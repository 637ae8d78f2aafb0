"""The JSON of a notebook comes in; its code cells as one Python program go out, with where each line stands in which cell.

Cells are counted from 1, text cells too, as editors number them. Magics (`%`, `!`, `?`) become `pass`, so that every line keeps its number.
"""

from __future__ import annotations

import json
import re
import warnings

from whygrad import syntax as ast
from whygrad.errors import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_PYTHON_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun", "%%python3", "%%why")  # the rest of such a cell is Python
_MAGIC = re.compile(r"^([ \t]*)(?:[%!?]|.*[^ \t]\?{1,2}[ \t]*$|,|;|/(?=\w))")
_ASSIGNED = re.compile(r"^([ \t]*[\w., \t]+=[ \t]*)[%!].*$")
PLACE = re.compile(r"^(.*\.ipynb):cell (\d+)$", re.DOTALL)


class Cell:
    """A code cell: its number in the notebook, its source, and the line of the program at which it begins."""

    __slots__ = ("first_line", "number", "source")

    def __init__(self, number: int, source: str, first_line: int) -> None:
        self.number = number
        self.source = source
        self.first_line = first_line


class Notebook:
    """`text` is the program; `cells` are in its order; `problems` are lines for the user about cells that are no Python."""

    def __init__(self, path: str, cells: Iterable[tuple[int, str]]) -> None:
        self.cells: list[Cell] = []
        self.problems: list[str] = []
        lines: list[str] = []
        for number, source in cells:
            self.cells.append(Cell(number, source, len(lines) + 1))
            lines += self._python(path, number, source)
        self.text = "\n".join([*lines, ""])

    def cell_at(self, line: int) -> Cell | None:
        """The cell in which a line of the program stands."""
        return next((cell for cell in reversed(self.cells) if cell.first_line <= line), None)

    def _python(self, path: str, number: int, source: str) -> list[str]:
        """The lines of a cell, as many as it has; empty ones for a cell in another language or with a mistake."""
        lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        error = _error(lines)
        if error is None:
            return lines
        translated = without_magics(lines)
        error = _error(translated)
        if error is None:
            return translated
        self.problems.append(f"{path}: cell {number}, line {error.lineno or 1}: not Python ({error.msg}); the other cells are checked")
        return [""] * len(lines)


def read_notebook(path: str, text: str) -> Notebook:
    """The notebook in `text`. Raises InputError for what is none; a notebook in another language has no cells."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{path}{where}: not a notebook (no valid JSON); save it again from Jupyter") from None
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise InputError(f"{path}: not a notebook of format 4 (no list of cells); convert it: jupyter nbconvert --to notebook")
    return Notebook(path, _code_cells(cells) if _is_python(data) else ())


def without_magics(lines: list[str]) -> list[str]:
    """The same number of lines, without what only IPython understands."""
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not first.startswith(_PYTHON_MAGICS):
        return [""] * len(lines)
    return [_ASSIGNED.sub(r"\1None", line) if _ASSIGNED.match(line) else _MAGIC.sub(r"\1pass  #", line, count=1) for line in lines]


def _code_cells(cells: list[Any]) -> Iterable[tuple[int, str]]:
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            yield number, "".join(map(str, source)) if isinstance(source, list) else str(source)


def _is_python(data: dict[str, Any]) -> bool:
    metadata = data.get("metadata")
    about = metadata if isinstance(metadata, dict) else {}
    kernel, language = about.get("kernelspec"), about.get("language_info")
    name = (language.get("name") if isinstance(language, dict) else None) or (kernel.get("language") if isinstance(kernel, dict) else None)
    return name is None or "python" in str(name).lower()


def _error(lines: list[str]) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("\n".join(lines))
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error) or "nested too deeply")
    return None
