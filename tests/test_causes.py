"""Each cause's broken.py and fixed.py, run under watch: this cause and no other speaks, at a marked line; what it says is in report.txt."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import run_programs
from whygrad.model import SCHEMA, Diagnosis, Report
from whygrad.render import FORMATS

CAUSES = Path(__file__).resolve().parents[1] / "src" / "whygrad" / "causes"
FOLDERS = sorted(path.parent for path in CAUSES.glob("*/broken.py"))
MARK = "  # cut"
EACH = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@pytest.fixture(scope="module")
def reports() -> dict[Path, Report]:
    return run_programs.reports((folder / name for folder in FOLDERS for name in ("broken.py", "fixed.py")), CHECK_STORE="1")


def loud(report: Report) -> list[Diagnosis]:
    return [d for d in report.diagnoses if d.severity != "note"]


def marked(program: Path) -> set[int]:
    return {number for number, line in enumerate(program.read_text(encoding="utf-8").splitlines(), 1) if line.endswith(MARK)}


def slug(folder: Path) -> str:
    return folder.name.replace("_", "-")


@EACH
def test_broken_is_claimed_by_its_cause_at_a_marked_line(folder: Path, reports: dict[Path, Report]) -> None:
    report = reports[folder / "broken.py"]
    first = report.diagnoses[0]
    assert (first.cause, first.certainty, first.severity == "note") == (slug(folder), "proven", False)
    assert first.location is not None
    assert Path(first.location.path) == folder / "broken.py"
    assert first.location.line in marked(folder / "broken.py")


@EACH
def test_no_other_cause_speaks(folder: Path, reports: dict[Path, Report]) -> None:
    assert {d.cause for d in loud(reports[folder / "broken.py"])} == {slug(folder)}


@EACH
def test_fixed_is_clean(folder: Path, reports: dict[Path, Report]) -> None:
    report = reports[folder / "fixed.py"]
    assert loud(report) == []
    assert report.outcome is not None
    assert report.outcome.exception is None
    assert all(row.status == "ok" for row in report.gradients)
    assert report.gradients


@EACH
@pytest.mark.parametrize("name", ["broken.py", "fixed.py"])
def test_the_model_of_the_tape_agreed_with_tensorflow(folder: Path, name: str, reports: dict[Path, Report]) -> None:
    assert reports[folder / name].notices == ()


@EACH
def test_every_diagnosis_says_what_to_do(folder: Path, reports: dict[Path, Report]) -> None:
    for d in loud(reports[folder / "broken.py"]):
        assert d.fix is not None
        assert d.fix.title
        assert d.explanation.endswith((".", "`"))
        assert "\n" not in d.message
        assert d.help == f"whygrad explain {d.cause}"


@EACH
def test_report(folder: Path, reports: dict[Path, Report]) -> None:
    """As it stands in a terminal of 80 columns; rewritten by WHYGRAD_GOLDEN=write. Keras 3 names its variables as the files say."""
    report = reports[folder / "broken.py"]
    if not str(report.environment.keras).startswith("3."):
        pytest.skip("the golden reports show the variables' names of Keras 3")
    text = FORMATS["terminal"](anywhere(report, folder), width=80)
    golden = folder / "report.txt"
    if os.environ.get("WHYGRAD_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8"), "make golden, and read the diff"


def anywhere(report: Report, folder: Path) -> Report:
    """The report without what differs between machines: folders and versions."""
    text = json.dumps(report.to_json()).replace(json.dumps(str(folder) + os.sep)[1:-1], "")
    nowhere = dataclasses.replace(report.environment, python="3", tensorflow="2", keras="3")
    return dataclasses.replace(Report.from_json(json.loads(text)), environment=nowhere, version="1")


def test_the_command_says_the_same(tmp_path: Path, reports: dict[Path, Report]) -> None:
    """One program through the front door: what the batch above gives is what `python -m whygrad run` writes."""
    program, output = CAUSES / "outside_tape" / "broken.py", tmp_path / "report.json"
    command = [sys.executable, "-m", "whygrad", "run", "--format", "json", "--output", str(output), str(program)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    data = json.loads(output.read_text(encoding="utf-8"))
    assert data["schema"] == SCHEMA
    assert data["diagnoses"] == json.loads(json.dumps(reports[program].to_json()))["diagnoses"]
