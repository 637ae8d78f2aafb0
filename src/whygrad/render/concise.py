"""A Report comes in; one line for each diagnosis goes out: `path:line:column: message [slug]`. Editors and scripts read it; light to import."""

from __future__ import annotations

from whygrad.model import Diagnosis, Report
from whygrad.render.paths import cell_of, position, short_path


def render(
    report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
) -> str:
    """The diagnoses, then the notices. The other arguments have no effect: a line is never broken."""
    lines = [_line(diagnosis) for diagnosis in report.diagnoses]
    lines += [f"whygrad: {one_line(notice)}" for notice in report.notices]
    return "".join(f"{_expressible(line, encoding)}\n" for line in lines)


def one_line(text: str) -> str:
    """The text on one line, with escapes for what could steer a terminal or reorder the line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in " ".join(text.split()))


def _line(diagnosis: Diagnosis) -> str:
    at = diagnosis.location
    place = "-" if at is None else f"{one_line(short_path(cell_of(at.path)[0]))}:{position(at)}"
    doubt = "likely: " if diagnosis.certainty == "likely" else ""
    note = "note: " if diagnosis.severity == "note" else ""
    return f"{place}: {note}{doubt}{one_line(diagnosis.message)} [{one_line(diagnosis.cause)}]"


def _expressible(line: str, encoding: str) -> str:
    return line.encode(encoding, "backslashreplace").decode(encoding)
