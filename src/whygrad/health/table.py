"""A history and its diagnoses in; a table for a terminal out: one line for each variable, with a small curve of its norm over time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.text import Text

from whygrad.health.history import History, Series
from whygrad.model import Diagnosis
from whygrad.render.layout import SEVERITY_STYLE, columns, cropped, finished, quoted, styled, wrap
from whygrad.render.plain_text import one_line, shorten_middle

BLOCKS, PLAIN_BLOCKS = "▁▂▃▄▅▆▇█", "_.-~=+*#"
CURVE = 14  # characters
NARROW = 72  # columns: below, the curve is left out
FIGURES_WIDTH = 45  # of the columns beside the name and the curve
TITLES = ("gradient of", "norm", "largest", "zeros", "not finite", "update", "log norm")


def summary(history: History, diagnoses: Sequence[Diagnosis] = (), *, width: int = 80, color: bool = False, encoding: str = "utf-8") -> str:
    """The table of all variables and the diagnoses below it, as text that ends with a line break."""
    lines = [*table(history, width=width, encoding=encoding), *told(diagnoses, width=width, encoding=encoding)]
    return finished(lines, width=width, color=color)


def table(history: History, *, width: int = 80, encoding: str = "utf-8", rows: int | None = None) -> list[Text]:
    """The table as lines. `rows`: no more variables than this: those in trouble first, then the first of the network."""
    series = list(history)
    if not series:
        return [Text("no gradient was seen yet")]
    shown = _most_important(series, rows)
    curve = width >= NARROW
    room = max(width - FIGURES_WIDTH - (CURVE + 2 if curve else 0), 12)
    titles = [styled((title, "bold")) for title in (TITLES if curve else TITLES[:-1])]
    lines = cropped(columns([titles, *(_row(s, room, curve, encoding) for s in shown)], indent=0), width)
    hidden = len(series) - len(shown)
    return [*lines, styled((f"and {hidden} more", "dim"))] if hidden else lines


def told(diagnoses: Sequence[Diagnosis], *, width: int = 80, encoding: str = "utf-8") -> list[Text]:
    """The diagnoses, one line each, wrapped."""
    return [
        line
        for d in diagnoses
        for line in wrap(styled((f"{d.severity}[{d.cause}]: ", SEVERITY_STYLE[d.severity])) + quoted(one_line(d.message, encoding)), width)
    ]


def sparkline(values: Sequence[float | None], cells: int = CURVE, encoding: str = "utf-8") -> str:
    """The newest values on a logarithmic scale: each cell the middle of its share of them. `x`: not finite; a space: zero or missing."""
    blocks = BLOCKS if encoding.startswith("utf") else PLAIN_BLOCKS
    taken = _spread(values, cells)
    logs = [math.log10(v) for v in taken if v is not None and 0.0 < v < math.inf]
    low = min(logs, default=0.0)
    span = max(max(logs, default=0.0) - low, 1.0)  # noise within one decade stays flat
    return "".join(_cell(v, low, span, blocks) for v in taken)


def _cell(value: float | None, low: float, span: float, blocks: str) -> str:
    if value is None or value == 0.0:
        return " "
    if not math.isfinite(value):
        return "x"
    return blocks[min(int((math.log10(value) - low) / span * len(blocks)), len(blocks) - 1)]


def _spread(values: Sequence[float | None], cells: int) -> list[float | None]:
    if len(values) <= cells:
        return list(values)
    return [values[(i + 1) * len(values) // cells - 1] for i in range(cells)]


def _most_important(series: Sequence[Series], rows: int | None) -> list[Series]:
    if rows is None or len(series) <= rows:
        return list(series)
    ranked = sorted(range(len(series)), key=lambda i: (not _in_trouble(series[i]), i))
    return [series[i] for i in sorted(ranked[: max(rows, 1)])]


def _in_trouble(s: Series) -> bool:
    return bool(s.first_bad or s.zero_run or (s.seen and s.missing == s.seen))


def _row(s: Series, room: int, curve: bool, encoding: str) -> list[Text]:
    last = s.last
    name = Text(shorten_middle(one_line(s.name, encoding), room))
    if last is None or not last.present:
        cells = [name, Text("None", style="red"), *(Text("-") for _ in range(3))]
    else:
        bad = s.first_bad is not None or bool(last.nonfinite)
        cells = [name, Text(_number(last.norm), style="red" if bad else ""), Text(_number(last.largest)), _zeros(last.zeros), _count(s)]
    ratio = s.latest("ratio")
    cells.append(Text(_number(None if ratio is not None and math.isinf(ratio) else ratio)))  # of weights that were all zero there is no ratio
    return [*cells, Text(sparkline([p.norm for p in s.points], encoding=encoding))] if curve else cells


def _count(s: Series) -> Text:
    now = s.last.nonfinite if s.last is not None and s.last.nonfinite else 0
    if s.first_bad is None:
        return Text(f"{now:.0f}")
    return Text(f"{now} @{s.first_bad.step}"[:10], style="red")


def _zeros(share: float | None) -> Text:
    if share is None:
        return Text("-")
    return Text(f"{share:.0%}" if share in (0.0, 1.0) else f"{share:.1%}", style="magenta" if share == 1.0 else "")


def _number(value: float | None) -> str:
    """At most eight characters."""
    if value is None:
        return "-"
    return f"{value:.2g}" if math.isfinite(value) else "NaN" if math.isnan(value) else "Inf"
