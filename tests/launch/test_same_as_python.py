"""The same output, traceback and exit status as under plain python, and one report after all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from launch.both import plain, watched
from launch.cases import CASES


@pytest.mark.parametrize("name", CASES)
def test_same_as_python(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    expected, got = plain(case, tmp_path), watched(case, tmp_path)
    assert got.without_ours() == expected
    assert len([line for line in got.ours() if line.startswith("whygrad| status=")]) == case.reports, got.stderr
    if case.reports:
        assert got.stderr.splitlines()[-1].startswith("whygrad|"), "the report comes last"
