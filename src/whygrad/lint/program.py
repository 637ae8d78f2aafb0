"""The bytes of a file or a notebook come in; a Program to examine goes out, with the way back from its lines to what the user sees."""

from __future__ import annotations

from whygrad.lint.reading import SourceFile, decoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from whygrad.lint.notebook import Notebook
    from whygrad.model import Diagnosis, Edit, Location

NOTEBOOK_SUFFIX = ".ipynb"


class Program:
    """`text` is what is examined, with "\\n" line ends; `problems` are lines for the user about parts that are not."""

    __slots__ = ("notebook", "path", "problems", "source", "text")

    def __init__(self, source: SourceFile, notebook: Notebook | None) -> None:
        self.path = source.path
        self.source = source
        self.notebook = notebook
        self.text = source.text if notebook is None else notebook.text
        self.problems = () if notebook is None else tuple(notebook.problems)

    def shown(self, diagnosis: Diagnosis) -> Diagnosis:
        """The diagnosis with the places of a notebook as `train.ipynb:cell 3` and the line within the cell. A repair across cells loses its edits."""
        if self.notebook is None:
            return diagnosis
        result: Diagnosis = relocated(diagnosis, self._in_cell)
        return result

    def place(self, line: int) -> tuple[str, int]:
        """The path and the line that the user sees for a line of `text`."""
        cell = None if self.notebook is None else self.notebook.cell_at(line)
        return (self.path, line) if cell is None else (f"{self.path}:cell {cell.number}", line - cell.first_line + 1)

    def _in_cell(self, at: Location) -> Location | None:
        if at.path != self.path or self.notebook is None:
            return at
        cell = self.notebook.cell_at(at.line)
        if cell is None or self.notebook.cell_at(at.end_line) is not cell:
            return None
        from whygrad.dataclass import replace

        first = cell.first_line - 1
        return replace(at, path=f"{at.path}:cell {cell.number}", line=at.line - first, end_line=at.end_line - first)


def read_program(path: str, content: bytes) -> Program:
    """Raises InputError."""
    source = decoded(path, content)
    if not path.endswith(NOTEBOOK_SUFFIX):
        return Program(source, None)
    from whygrad.lint.notebook import read_notebook

    return Program(source, read_notebook(path, source.text))


def relocated(value: Any, moved: Callable[[Location], Location | None]) -> Any:
    """A Diagnosis, or a part of one, with every Location replaced. Edits go all or not at all: half a repair is none."""
    from dataclasses import fields, is_dataclass, replace

    from whygrad.model import Fix, Location

    if isinstance(value, Location):
        return moved(value)
    if isinstance(value, Fix):
        return replace(value, edits=_moved_edits(value.edits, moved))
    if isinstance(value, tuple):
        return tuple(relocated(item, moved) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: relocated(getattr(value, f.name), moved) for f in fields(value)})
    return value


def _moved_edits(edits: tuple[Edit, ...], moved: Callable[[Location], Location | None]) -> tuple[Edit, ...]:
    from whygrad.dataclass import replace

    places = [moved(edit.location) for edit in edits]
    return tuple(replace(edit, location=place) for edit, place in zip(edits, places) if place is not None) if None not in places else ()
