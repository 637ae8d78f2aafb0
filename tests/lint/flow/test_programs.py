"""Small programs with the findings that they must bring: a comment `# cut SLUG` at the end of the line, and nothing anywhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from whygrad.lint.flow import examine
from whygrad.lint.modules import ModuleFinder
from whygrad.model import Diagnosis

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
MARK = re.compile(r"# cut ([a-z-]+)$")


def findings(path: Path) -> list[Diagnosis]:
    return list(examine(str(path), path.read_text("utf-8"), ModuleFinder([str(path.parent)])))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_every_mark_is_found_and_nothing_else(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    wanted = {(number, found.group(1)) for number, line in enumerate(lines, 1) if (found := MARK.search(line))}
    assert {(d.location.line, d.cause) for d in findings(path) if d.location is not None} == wanted


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_the_same_every_time(path: Path) -> None:
    assert findings(path) == findings(path)
