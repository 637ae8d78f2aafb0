"""`whygrad fix` as a user types it: programs are run, repaired and run again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FIRST = Path(__file__).parents[2] / "examples" / "first.py"
pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]

HELPER = """
import tensorflow as tf


def error(prediction, wanted):
    return tf.reduce_mean(tf.square(tf.round(prediction) - wanted))
"""
PROGRAM = """
import sys

import tensorflow as tf
from helper import error

assert sys.argv[1:] == ["--rate", "0.1"]
w = tf.Variable(2.0)
for line in open("rows.csv"):
    with tf.GradientTape() as tape:
        loss = error(w * float(line), 1.0)
    w.assign_sub(0.1 * tape.gradient(loss, w))
"""


def fix(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "whygrad", "fix", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_a_repair_is_shown_and_not_written(tmp_path: Path) -> None:
    shutil.copy(FIRST, tmp_path)
    done = fix(tmp_path, "first.py")
    assert done.returncode == 0, done.stderr
    assert "a repair that works\n  first.py:14: " in done.stdout
    assert "-    return tf.cast(tf.math.greater(score, 0.0), tf.float32)" in done.stdout
    assert "tried out: the changed program ran, and all 2 gradients are there, finite and not zero" in done.stdout
    assert "whygrad fix --write first.py" in done.stdout
    assert (tmp_path / "first.py").read_bytes() == FIRST.read_bytes()


def test_written_the_program_runs(tmp_path: Path) -> None:
    shutil.copy(FIRST, tmp_path)
    done = fix(tmp_path, "--write", "--format", "json", "--output", "r.json", "first.py")
    assert done.returncode == 0, done.stderr
    report: Any = json.loads((tmp_path / "r.json").read_text())
    assert (report["command"], report["diagnoses"][0]["fix"]["verified"]) == ("fix", True)
    assert "first.py: repaired" in report["notices"]
    plain = subprocess.run([sys.executable, "first.py"], cwd=tmp_path, capture_output=True, check=False)
    assert plain.returncode == 0
    assert "nothing to repair" in fix(tmp_path, "first.py").stdout


def test_the_mistake_is_in_a_module_beside_and_the_data_where_they_were(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text(HELPER)
    (tmp_path / "train.py").write_text(PROGRAM)
    (tmp_path / "rows.csv").write_text("1.3\n1.4\n")
    done = fix(tmp_path, "train.py", "--rate", "0.1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "--- a/helper.py" in done.stdout
    assert (tmp_path / "helper.py").read_text() == HELPER


def test_what_nobody_can_repair_is_left_with_advice(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import tensorflow as tf\nv = tf.Variable(1.0)\nw = tf.Variable([3.0, 1.0])\nwith tf.GradientTape() as tape:\n"
        "    loss = v * tf.cast(tf.argsort(w)[0], tf.float32)\nprint(tape.gradient(loss, [w, v]))\n"
    )
    done = fix(tmp_path, "train.py")
    if done.returncode == 1:  # whichever way it ends, it is honest
        assert "without a repair that works:" in done.stdout
        assert "to do by hand: " in done.stdout
    else:
        assert "tried out: the changed program ran" in done.stdout


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        (None, 2, "gone.py"),
        ("def broken(:\n", 2, "cannot be compiled"),
        ("print(1)\n", 0, "nothing to repair"),
        ("import time\ntime.sleep(60)\n", 2, "--timeout"),
    ],
)
def test_programs_that_cannot_be_repaired(tmp_path: Path, text: str | None, status: int, words: str) -> None:
    if text is not None:
        (tmp_path / "gone.py").write_text(text)
    done = fix(tmp_path, "--timeout", "20", "gone.py")
    assert done.returncode == status, done.stderr
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
