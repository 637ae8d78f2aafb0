"""A Report comes in; a text for a person in a terminal goes out, in colour or without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from whygrad.model import SEVERITIES, Diagnosis, GradientRow, Report
from whygrad.render import details
from whygrad.render.layout import SEVERITY_STYLE, columns, cropped, finished, quoted, styled, wrap
from whygrad.render.plain_text import one_line, printable, shorten_middle
from whygrad.render.screen import Screen
from whygrad.render.variables import table
from whygrad.words import GradientStatus

FEW_ROWS = 8
STATUS_WORDS: dict[GradientStatus, str] = {"ok": "ok", "none": "None", "zero": "zero", "non-finite": "NaN or Inf"}
STATUS_STYLE: dict[GradientStatus, str] = {"ok": "green", "none": "red", "zero": "magenta", "non-finite": "red"}
_WORST_FIRST: tuple[GradientStatus, ...] = ("none", "non-finite", "zero", "ok")


def render(
    report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
) -> str:
    """The whole report: one line first that says how many, then each diagnosis, the gradients, the notices."""
    screen = Screen(width, color, encoding)
    lines = wrap(styled(("whygrad: ", "bold")) + summary(report), width)
    for diagnosis in report.diagnoses:
        lines += [Text(), *_diagnosis(diagnosis, screen)]
    lines += _gradients(report, screen, gradients)
    lines += [Text(), *table(report.variables, screen)] if variables else []
    lines += _surroundings(report, screen)
    return finished(lines, width=width, color=color)


def summary(report: Report) -> Text:
    """What was found, in one line; honest where nothing was."""
    counts = Counter(_worst(report.gradients))
    bad = [status for status in _WORST_FIRST[:-1] if counts[status]]
    if bad:
        first, *others = bad
        text = f"{counts[first]} of {_plural(sum(counts.values()), 'gradient')} {_are(counts[first], first)}"
        return styled(text, *(f", {counts[status]} {_are(counts[status], status)}" for status in others), _findings(report.diagnoses))
    if report.diagnoses:
        return styled(_tally(report.diagnoses))
    return styled(_nothing(report, sum(counts.values())))


def _diagnosis(diagnosis: Diagnosis, screen: Screen) -> list[Text]:
    parts = (details.head, details.source, details.path, details.why, details.related, details.variables, details.fix, details.more)
    return [line for part in parts for line in part(diagnosis, screen)]


def _worst(rows: Sequence[GradientRow]) -> list[GradientStatus]:
    """One status per variable, the worst of all steps. Variables of one name are told apart by their order within the step."""
    worst: dict[tuple[str, int], GradientStatus] = {}
    seen: Counter[tuple[str, int]] = Counter()
    for row in rows:
        key = (row.variable, seen[row.variable, row.step])
        seen[row.variable, row.step] += 1
        worst[key] = min(worst.get(key, "ok"), row.status, key=_WORST_FIRST.index)
    return list(worst.values())


def _findings(diagnoses: Sequence[Diagnosis]) -> str:
    if not diagnoses:
        return ", and whygrad has not found out why"
    return f" ({_tally(diagnoses)})" if len(diagnoses) > 1 else ""


def _tally(diagnoses: Sequence[Diagnosis]) -> str:
    counts = Counter(diagnosis.severity for diagnosis in diagnoses)
    return ", ".join(_plural(counts[severity], severity) for severity in SEVERITIES if counts[severity])


def _nothing(report: Report, count: int) -> str:
    if count:
        return f"nothing to report: {_plural(count, 'gradient')}, {'all ' if count > 1 else ''}connected to the loss"
    if report.command == "check":
        return "nothing found"
    return "nothing to report: no gradient was computed"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _are(count: int, status: GradientStatus) -> str:
    return f"{'is' if count == 1 else 'are'} {STATUS_WORDS[status]}"


def _gradients(report: Report, screen: Screen, wanted: bool | None) -> list[Text]:
    rows = report.gradients
    if wanted is None:
        statuses = {row.status for row in rows}
        wanted = len(rows) <= FEW_ROWS and (len(statuses) > 1 or (statuses != {"ok"} and not report.diagnoses))
    if not wanted or not rows:
        return []
    steps = len({row.step for row in rows}) > 1
    header = [styled((title, "bold")) for title in ("gradient of", "is", "shape", "norm", "zeros", "step")]
    table = [header, *(_row(row, screen) for row in rows)]
    return [Text(), *cropped(columns([cells if steps else cells[:-1] for cells in table], indent=2), screen.width)]


def _row(row: GradientRow, screen: Screen) -> list[Text]:
    zeros = "-" if row.zero_fraction is None else f"{row.zero_fraction:.0%}" if row.zero_fraction in (0, 1) else f"{row.zero_fraction:.1%}"
    return [
        Text(shorten_middle(one_line(row.variable, screen.encoding), max(screen.width - 48, 16))),
        Text(STATUS_WORDS[row.status], style=STATUS_STYLE[row.status]),
        Text(details.shape_text(row.shape) or "-"),
        Text("-" if row.norm is None else f"{row.norm:.3g}"),
        Text(zeros),
        Text(str(row.step)),
    ]


def _surroundings(report: Report, screen: Screen) -> list[Text]:
    """What the run itself has to say, and, below findings, what a reader of a saved report needs: the versions and how it ended."""
    lines: list[Text] = []
    for notice in report.notices:
        lines += wrap(styled(("note: ", SEVERITY_STYLE["note"])) + quoted(printable(notice, screen.encoding).strip()), screen.width)
    if report.diagnoses:
        lines += wrap(styled((_versions(report, screen), "dim")), screen.width, hang=0)
    return [Text(), *lines] if lines else []


def _versions(report: Report, screen: Screen) -> str:
    about = report.environment
    named = [("whygrad", report.version), ("Python", about.python), ("TensorFlow", about.tensorflow), ("Keras", about.keras)]
    return ", ".join(f"{name} {one_line(version, screen.encoding)}" for name, version in named if version)
