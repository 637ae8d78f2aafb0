"""What checking one file gave, in plain values that travel between processes and rest in the cache. Diagnoses become objects when they are wanted."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from whygrad.model import Diagnosis


class FileResult:
    """`found` are the diagnoses as in the JSON of a report; `problems` are lines for the user; `ignores` the arguments of each Ignore."""

    __slots__ = ("found", "ignores", "path", "problems")

    def __init__(self, path: str, found: list[dict[str, Any]], problems: list[str], ignores: list[list[Any]] | None = None) -> None:
        self.path = path
        self.found = found
        self.problems = problems
        self.ignores = ignores or []

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Raises KeyError, TypeError or ValueError where `found` has another shape."""
        return diagnoses_of(self.found)


def diagnoses_of(found: list[dict[str, Any]]) -> tuple[Diagnosis, ...]:
    """The diagnoses in plain values as objects. Raises KeyError, TypeError or ValueError for values of another shape."""
    if not found:
        return ()
    from whygrad.model import Report

    return Report.from_json({**_empty_report(), "diagnoses": found}).diagnoses


def result_of(path: str, diagnoses: Iterable[Diagnosis], problems: Iterable[str] = (), ignores: list[list[Any]] | None = None) -> FileResult:
    """The result with these diagnoses."""
    found = tuple(diagnoses)
    if not found:
        return FileResult(path, [], list(problems), ignores)
    from whygrad.model import Environment, Report

    body = Report("", Environment("", None, None), "check", None, found).to_json()
    return FileResult(path, body["diagnoses"], list(problems), ignores)


def _empty_report() -> dict[str, Any]:
    from whygrad.model import SCHEMA

    environment = {"python": "", "tensorflow": None, "keras": None}
    return {"schema": SCHEMA, "tool": {"version": ""}, "environment": environment, "command": "check", "diagnoses": []}
