"""Saved reports: what is written is read back identical, and every damaged file gets one clear line."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from render.sample_reports import REPORTS
from whygrad.errors import ReportError
from whygrad.model import Environment, GradientRow, Location, Outcome, PathStep, Report, VariableInfo
from whygrad.render import FORMATS
from whygrad.render.saved import parse_report, read_report

set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "whygrad-hypothesis")  # nothing is left in the working tree
EACH = pytest.mark.parametrize("name", REPORTS)
NUMBERS = st.floats(allow_nan=False) | st.none()
SHAPES = st.none() | st.lists(st.none() | st.integers(0, 2**70), max_size=4).map(tuple)
LOCATIONS = st.builds(
    Location, st.text(), st.integers(1), st.integers(1), st.integers(1), st.integers(1), st.text(), st.text(), st.lists(st.text()).map(tuple)
)
ROWS = st.builds(GradientRow, st.text(), st.sampled_from(["ok", "none", "zero", "non-finite"]), SHAPES, NUMBERS, NUMBERS, st.integers(0))
VARIABLES = st.builds(VariableInfo, st.text(), SHAPES, st.none() | st.text(), st.none() | st.booleans(), st.none() | st.text(), st.none() | LOCATIONS)
STEPS = st.builds(PathStep, st.text(), st.none() | st.text(), st.booleans(), st.none() | LOCATIONS)


@EACH
def test_json_to_report_to_json_is_identical(name: str) -> None:
    text = FORMATS["json"](REPORTS[name])
    again = parse_report(text.encode(), name)
    assert again == REPORTS[name]
    assert FORMATS["json"](again) == text


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(ROWS), st.lists(VARIABLES, max_size=3), st.lists(STEPS, max_size=3), st.text(), LOCATIONS)
def test_any_report_survives(rows: list[GradientRow], variables: list[VariableInfo], steps: list[PathStep], text: str, place: Location) -> None:
    found = dataclasses.replace(
        REPORTS["error"].diagnoses[0], message=text, explanation=text, location=place, variables=tuple(variables), path=tuple(steps)
    )
    report = Report(text, Environment(text, None, text), "check", Outcome(3, text), (found, found), tuple(rows), (text, text))
    written = FORMATS["json"](report)
    assert parse_report(written.encode(), "x") == report
    assert FORMATS["json"](parse_report(written.encode(), "x")) == written
    for width in (40, 80):  # and whatever it holds, it can be shown
        assert FORMATS["terminal"](report, width=width, gradients=True)


def test_numbers_that_json_does_not_have() -> None:
    row = GradientRow("w", "non-finite", None, math.nan, -math.inf, 0)
    text = FORMATS["json"](dataclasses.replace(REPORTS["nothing"], gradients=(row,)))
    strict = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert [strict["gradients"][0][name] for name in ("norm", "zero_fraction")] == ["NaN", "-Infinity"]
    (again,) = parse_report(text.encode(), "x").gradients
    assert again.norm is not None
    assert math.isnan(again.norm)
    assert again.zero_fraction == -math.inf


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_report_that_a_shell_has_re_encoded(encoding: str) -> None:
    assert parse_report(FORMATS["json"](REPORTS["wide"]).encode(encoding), "x") == REPORTS["wide"]


def changed(**changes: Any) -> bytes:
    return json.dumps({**json.loads(FORMATS["json"](REPORTS["error"])), **changes}).encode()


def changed_diagnosis(**changes: Any) -> bytes:
    (found,) = json.loads(FORMATS["json"](REPORTS["error"]))["diagnoses"]
    return changed(diagnoses=[{**found, **changes}])


WHOLE = FORMATS["json"](REPORTS["error"]).encode()
BAD = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\0\0", "is empty"),
    "text": (b"hello\n", "is not a JSON file (line 1"),
    "binary": (b"\x89PNG\r\n\x1a\n\xff\xfe", "is not a JSON file"),
    "python": (b"{'schema': 'whygrad/1'}", "is not a JSON file"),
    "deep": (b"[" * 200_000, "is not a JSON file"),
    "cut": (WHOLE[: len(WHOLE) // 2], "breaks off at line"),
    "cut in a word": (WHOLE[: WHOLE.index(b"float32") + 3], "breaks off at line"),
    "cut at the end": (WHOLE.rstrip()[:-1], "breaks off at line"),
    "a list": (b"[1, 2]", 'has no "schema"'),
    "a number": (b"7", 'has no "schema"'),
    "other JSON": (b'{"version": "2.1.0", "runs": []}', 'has no "schema"'),
    "another schema": (b'{"schema": "pytest/1"}', 'has no "schema"'),
    "a schema of another type": (b'{"schema": 1}', 'has no "schema"'),
    "newer": (changed(schema="whygrad/2"), "pip install --upgrade whygrad"),
    "incomplete": (b'{"schema": "whygrad/1"}', "is missing"),
    "diagnoses null": (changed(diagnoses=None), "damaged report"),
    "diagnoses text": (changed(diagnoses="abc"), "damaged report"),
    "gradients text": (changed(gradients="abc"), "damaged report"),
    "gradients number": (changed(gradients=3), "damaged report"),
    "notices number": (changed(notices=[3]), "notices[0] is 3"),
    "command": (changed(command="fly"), "command is 'fly'"),
    "tool": (changed(tool=[]), "damaged report"),
    "message": (changed_diagnosis(message=["x"]), "diagnoses[0].message is ['x']"),
    "severity": (changed_diagnosis(severity="fatal"), "diagnoses[0].severity is 'fatal'"),
    "location": (changed_diagnosis(location=5), "damaged report"),
    "line": (changed_diagnosis(location={"path": "a", "line": "1", "column": 1, "end_line": 1, "end_column": 2}), "location.line is '1'"),
    "edit": (changed_diagnosis(fix={"title": "x", "edits": [{"location": None, "replacement": ""}]}), "an edit without a location"),
    "extra": (changed_diagnosis(path=[{"what": "x", "op": None, "carries_gradient": True, "location": None, "new": 1}]), "damaged report"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_damaged_file_gets_one_clear_line(kind: str, tmp_path: Path) -> None:
    content, reason = BAD[kind]
    file = tmp_path / "report.json"
    file.write_bytes(content)
    with pytest.raises(ReportError) as raised:
        read_report(file)
    message = str(raised.value)
    assert message.startswith(str(file))
    assert reason in message
    assert "\n" not in message


def test_any_truncation_is_noticed() -> None:
    body = WHOLE.rstrip()
    for end in range(1, len(body), 7):
        with pytest.raises(ReportError, match=r"breaks off|is not a JSON file"):
            parse_report(body[:end], "x")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no such file"):
        read_report(tmp_path / "none.json")
    with pytest.raises(ReportError, match="is a folder"):
        read_report(tmp_path)
    with pytest.raises(ReportError, match="cannot read"):
        read_report(tmp_path / ("x" * 300))
    with pytest.raises(ReportError, match="cannot read"):
        read_report(tmp_path / "a\0b")


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(WHOLE)
    file.chmod(0)
    with pytest.raises(ReportError, match="Permission denied"):
        read_report(file)
