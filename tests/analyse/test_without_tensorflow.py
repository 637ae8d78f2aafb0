"""The analysis needs a Recording and nothing else: its tests pass in an interpreter where TensorFlow cannot be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
WITHOUT = """
import sys
for name in ("tensorflow", "keras", "tf_keras", "numpy"):
    sys.modules[name] = None
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


def test_the_tests_of_the_analysis_pass_without_tensorflow() -> None:
    others = [str(path) for path in sorted(HERE.glob("test_*.py")) if path != Path(__file__)]
    command = [sys.executable, "-c", WITHOUT, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not 200_000", *others]
    done = subprocess.run(command, cwd=HERE.parents[1], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout


def test_the_interpreter_of_that_test_has_no_tensorflow() -> None:
    probe = WITHOUT.replace("import pytest\nsys.exit(pytest.main(sys.argv[1:]))", "import tensorflow")
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=False)
    assert "ModuleNotFoundError" in done.stderr or "ImportError" in done.stderr
