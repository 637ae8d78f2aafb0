"""A Report comes in; workflow commands go out, which GitHub shows as annotations beside the lines of a pull request."""

from __future__ import annotations

from whygrad.model import Diagnosis, Location, Report
from whygrad.render.paths import cell_of, short_path
from whygrad.words import Severity

_COMMAND: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def render(
    report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
) -> str:
    """One command for each diagnosis and notice. The other arguments have no effect."""
    lines = [_command(diagnosis) for diagnosis in report.diagnoses]
    lines += [f"::notice title=whygrad::{_data(notice)}" for notice in report.notices]
    return "".join(line.encode(encoding, "backslashreplace").decode(encoding) + "\n" for line in lines)


def _command(diagnosis: Diagnosis) -> str:
    properties = {**_place(diagnosis.location), "title": f"whygrad: {diagnosis.cause}"}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMAND[diagnosis.severity]} {written}::{_data(_message(diagnosis))}"


def _place(at: Location | None) -> dict[str, str]:
    """Columns only within one line, as GitHub demands; of a notebook only the file: its lines would be those of the JSON."""
    if at is None:
        return {}
    path, cell = cell_of(at.path)
    place = {"file": short_path(path).replace("\\", "/")}
    if cell is not None:
        return place
    place |= {"line": str(at.line), "endLine": str(at.end_line)}
    return place if at.line != at.end_line else {**place, "col": str(at.column), "endColumn": str(at.end_column)}


def _message(diagnosis: Diagnosis) -> str:
    at = diagnosis.location
    cell = None if at is None else cell_of(at.path)[1]
    where = "" if at is None or cell is None else f"cell {cell}, line {at.line}: "
    doubt = "likely: " if diagnosis.certainty == "likely" else ""
    fix = f"\nfix: {diagnosis.fix.title}" if diagnosis.fix is not None else ""
    return f"{where}{doubt}{diagnosis.message}{fix}"


def _data(text: str) -> str:
    """The escapes that the runner undoes; other control characters are not for a log."""
    plain = "".join(c if c.isprintable() or c in "\r\n" else c.encode("unicode_escape").decode() for c in text)
    return plain.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
