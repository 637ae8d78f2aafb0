"""What a program does before it imports TensorFlow, under the real watch: settings count, and a program without TensorFlow stays without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SEEN = "import sys; print(sorted({'tensorflow', 'keras', 'tf_keras', 'numpy'} & set(sys.modules)))"
SETTING = """
import os
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
print(tf.keras.layers.Layer.__module__.split(".")[0])
"""


def run(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(source)
    return subprocess.run([sys.executable, "-m", "whygrad", "run", "program.py"], cwd=folder, capture_output=True, text=True, check=False)


def test_a_program_without_tensorflow_stays_without(tmp_path: Path) -> None:
    done = run(tmp_path, SEEN)
    assert (done.returncode, done.stdout) == (0, "[]\n")
    assert "TensorFlow was never imported" in done.stderr


@pytest.mark.tensorflow
def test_what_the_program_sets_before_the_import_counts(tmp_path: Path) -> None:
    assert run(tmp_path, SETTING).stdout == "tf_keras\n"
