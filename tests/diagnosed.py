"""What the analysis tests ask of a hand-built recording: its diagnoses, the only one, and the lines they point at."""

from __future__ import annotations

from build import Build
from whygrad.analyse.diagnose import Analysis, analyse
from whygrad.model import Diagnosis


def analysed(b: Build, exception: str | None = None) -> Analysis:
    return analyse(b.recording(), b.read, exception)


def only(b: Build, exception: str | None = None) -> Diagnosis:
    (found,) = analysed(b, exception).diagnoses
    return found


def lines(b: Build, text: str) -> list[int]:
    return [row for row, line in enumerate(b.lines, 1) if text in line]


def line_of(d: Diagnosis) -> int:
    assert d.location is not None
    return d.location.line
