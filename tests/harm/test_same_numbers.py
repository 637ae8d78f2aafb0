"""Programs run plain and with everything recorded: the same bytes in every number, the same output, warnings and errors."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("*.py"))
pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]


def alone(name: str) -> bool:
    return "# alone\n" in (HERE / "programs" / f"{name}.py").read_text(encoding="utf-8")


@functools.cache
def said(mode: str, names: Sequence[str]) -> dict[str, Any]:
    """Failures of ours are quiet here, as they are for users, and are counted instead."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result.json")
        programs = [str(HERE / "programs" / f"{name}.py") for name in names]
        environment = {**os.environ, "WHYGRAD_STRICT": "0"}
        command = [sys.executable, str(HERE / "child.py"), mode, str(result), *programs]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr.decode()
        answers: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        return answers


def together(name: str) -> tuple[str, ...]:
    """The programs that share a process with this one: starting TensorFlow is most of the work."""
    return (name,) if alone(name) else tuple(other for other in PROGRAMS if not alone(other))


@pytest.mark.parametrize("name", PROGRAMS)
def test_same(name: str) -> None:
    plain, recorded = said("plain", together(name))[name], said("recorded", together(name))[name]
    assert recorded["failures"] == []
    assert recorded["ops"] > 0, "nothing was recorded: this proves nothing"
    assert plain["error"] is None
    assert plain["stdout"]
    for part in ("error", "stdout", "stderr"):
        assert recorded[part] == plain[part]
