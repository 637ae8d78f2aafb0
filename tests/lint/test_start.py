"""What `whygrad check` imports for a small file: starting takes longer than checking."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = (ROOT / "examples" / "first.py").read_text("utf-8")
REPAIRED = PROGRAM.replace("tf.cast(tf.math.greater(score, 0.0), tf.float32)", "tf.sigmoid(score)")
SLOW = {"ast", "click", "dataclasses", "enum", "inspect", "json", "multiprocessing", "numpy", "pathlib", "re", "rich", "tensorflow", "typing"}
WATCHED = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: print(*sorted(set(sys.modules) - before), file=sys.stderr))
sys.argv = ["whygrad", "check", "--no-cache", "--format", "json", {path!r}]
from whygrad.__main__ import main
main()
"""


def imported_for(folder: Path, text: str) -> tuple[int, set[str]]:
    """The exit status, and the modules that were imported."""
    path = folder / "first.py"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", WATCHED.format(path=str(path))], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, set(done.stderr.split())


@pytest.mark.parametrize(("text", "status"), [(PROGRAM, 1), (REPAIRED, 0)], ids=["with a finding", "clean"])
def test_what_takes_time_is_not_imported(tmp_path: Path, text: str, status: int) -> None:
    found, modules = imported_for(tmp_path, text)
    assert found == status
    assert "whygrad.lint.flow" in modules, "the file is examined"
    assert modules & SLOW == set()


def test_what_asks_for_no_gradients_needs_no_engine(tmp_path: Path) -> None:
    status, modules = imported_for(tmp_path, "import tensorflow as tf\nprint(tf.__version__)\n")
    assert status == 0
    assert not any(name.startswith(("whygrad.lint.flow", "whygrad.model", "whygrad.catalogue")) for name in modules)


def test_the_test_can_fail(tmp_path: Path) -> None:
    assert "tokenize" in imported_for(tmp_path, f"{PROGRAM}# whygrad: ignore\n")[1]
