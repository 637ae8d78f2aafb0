"""The causes' own pairs, the real mistakes of corpus/ and the healthy networks, read without running them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from whygrad.lint.flow import examine
from whygrad.lint.modules import ModuleFinder
from whygrad.model import Diagnosis

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[3]
CAUSES = sorted(p.parent for p in (ROOT / "src/whygrad/causes").glob("*/broken.py"))
CASES = sorted(p.parent for p in (ROOT / "corpus").glob("*/case.toml"))
NETWORKS = sorted((ROOT / "tests/networks").glob("*.py"))
VALUES_DECIDE = {"exploding", "flat-region", "identical-units", "non-finite", "vanishing"}  # only a run sees these pairs
MARK = re.compile(r"# cut\b")


def loud(path: Path) -> list[Diagnosis]:
    found = examine(str(path), path.read_text("utf-8"), ModuleFinder([str(path.parent)]))
    return [d for d in found if d.severity != "note"]


def title(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("folder", CAUSES, ids=title)
def test_the_broken_program_of_a_cause(folder: Path) -> None:
    slug = folder.name.replace("_", "-")
    lines = (folder / "broken.py").read_text("utf-8").splitlines()
    marked = {n for n, line in enumerate(lines, 1) if MARK.search(line)}
    found = loud(folder / "broken.py")
    assert {d.cause for d in found} == (set() if slug in VALUES_DECIDE else {slug})
    assert all(d.location is not None and d.location.line in marked for d in found)


@pytest.mark.parametrize("folder", CAUSES, ids=title)
def test_the_fixed_program_of_a_cause(folder: Path) -> None:
    assert loud(folder / "fixed.py") == []


def cases() -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in CASES:
        yield folder, tomllib.loads((folder / "case.toml").read_text("utf-8"))


def is_right(folder: Path, case: dict[str, Any]) -> bool:
    first = next(iter(loud(folder / "broken.py")), None)
    where = first.location if first is not None else None
    if first is None or where is None or first.cause not in {case["cause"], *case.get("also", [])}:
        return False
    return any(where.line <= line <= where.end_line for line in case["lines"])


def test_real_mistakes_that_source_can_show() -> None:
    wrong = [folder.name for folder, case in cases() if case.get("static", True) and not is_right(folder, case)]
    assert wrong == []


@pytest.mark.parametrize("folder", CASES, ids=title)
def test_real_mistakes_when_repaired(folder: Path) -> None:
    assert loud(folder / "fixed.py") == []


@pytest.mark.parametrize("path", NETWORKS, ids=title)
def test_networks_that_train_well(path: Path) -> None:
    assert loud(path) == []
