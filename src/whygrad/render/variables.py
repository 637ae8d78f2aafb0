"""The variables of a Report come in; a table for a terminal goes out: type, first value, gradient, last update, with the lines where it happened."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from whygrad.model import Location, VariableRow
from whygrad.render.details import shape_text
from whygrad.render.layout import columns, cropped, styled
from whygrad.render.plain_text import inline, one_line, shorten, shorten_middle
from whygrad.render.screen import Screen
from whygrad.words import GradientStatus

NARROW = 72  # columns: below, types are left out
TITLES = ("variable", "type", "begins as", "gradient", "updated by")
STATUS: dict[GradientStatus | None, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "none": ("None", "red"),
    "zero": ("zero", "magenta"),
    "non-finite": ("NaN, Inf", "red"),
    None: ("-", "dim"),
}


def table(rows: Sequence[VariableRow], screen: Screen) -> list[Text]:
    """A line for each variable. Lines of source belong to the file that is named most; of others the file is named, too."""
    if not rows:
        return [Text("no variables were recorded")]
    file = _usual_file(rows)
    whole = [[_name(row, screen), _type(row, screen), _begin(row, file, screen), styled(STATUS[row.gradient]), _update(row, file)] for row in rows]
    cells = [[Text(title, style="bold") for title in TITLES], *whole]
    shown = cells if screen.width >= NARROW else [[name, *rest] for name, _, *rest in cells]
    head = styled(("variables", "bold"), f" (lines of {inline(os.path.basename(file), screen.encoding)})" if file else "")
    return [head, *cropped(columns(_narrowed(shown, screen.width - 2 * len(shown[0])), indent=2), screen.width)]


def _usual_file(rows: Sequence[VariableRow]) -> str:
    named = Counter(where.path for row in rows for where in (row.location, row.updated_at) if where is not None)
    return named.most_common(1)[0][0] if named else ""


def _name(row: VariableRow, screen: Screen) -> Text:
    return Text(one_line(row.name, screen.encoding))


def _type(row: VariableRow, screen: Screen) -> Text:
    return Text(one_line(row.dtype, screen.encoding) + shape_text(row.shape), style="" if row.trainable else "dim")


def _begin(row: VariableRow, file: str, screen: Screen) -> Text:
    """`glorot_uniform, 7`: what says most first."""
    words = one_line(row.detail or row.initial, screen.encoding)
    if row.initial == "constant" and row.detail:
        words = f"constant {words}" if not words.startswith("constant") else words
    if row.assigned is not None:
        words = "restored" if row.initial == "restored" else "assigned"
    return _at(words, row.assigned or row.location, file, screen)


def _update(row: VariableRow, file: str) -> Text:
    if row.updated:
        return _at(row.updated_by or "yes", row.updated_at, file, Screen())
    if row.updated is None or not row.trainable:
        return Text("-" if row.updated is None else "frozen", style="dim")
    return Text("never", style="dim" if row.gradient is None else "magenta")


def _at(words: str, where: Location | None, file: str, screen: Screen) -> Text:
    if where is None:
        return Text(words)
    name = "" if where.path == file else f"{inline(os.path.basename(where.path), screen.encoding)}:"
    return styled(words, (f" @{name}{where.line}", "dim"))


def _narrowed(cells: Sequence[Sequence[Text]], room: int) -> list[list[Text]]:
    """Names lose their middle, and first values their end, where the table would be wider than `room`. The first cells are the titles."""
    widths = [max(cell_len(cell.plain) for cell in column) for column in zip(*cells, strict=True)]
    over = sum(widths) - room
    for place, least in ((0, 16), (len(widths) - 3, 20), (0, 12), (len(widths) - 3, 14), (len(widths) - 1, 10), (len(widths) - 3, 10), (0, 8)):
        taken = max(min(over, widths[place] - least), 0)
        widths[place], over = widths[place] - taken, over - taken
    return [[_fitted(cell, width, place) for place, (cell, width) in enumerate(zip(row, widths, strict=True))] for row in cells]


def _fitted(cell: Text, width: int, place: int) -> Text:
    if cell_len(cell.plain) <= width:
        return cell
    if place == 0:
        return Text(shorten_middle(cell.plain, width), style=cell.style)
    words, at, line = cell.plain.rpartition(" @")
    kept = f"{shorten(words, max(width - len(at + line), 4))}{at}{line}" if at else cell.plain
    return Text(shorten(kept, width), style=cell.style)
