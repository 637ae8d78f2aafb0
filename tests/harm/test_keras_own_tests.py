"""The tests that Keras ships in its own wheel, run plain and with everything recorded: the same ones pass. `make harm` runs all of them."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

FEW = (
    "losses/loss_test.py",
    "optimizers/adam_test.py",
    "optimizers/loss_scale_optimizer_test.py",
    "optimizers/optimizer_sparse_test.py",
    "optimizers/sgd_test.py",
    "trainers/compile_utils_test.py",
)
FOLDERS = ("losses", "optimizers", "trainers")
FOREIGN = "data_adapters"  # about arrays of other libraries, which would have to be installed; no gradients
EVERYTHING = os.environ.get("WHYGRAD_HARM") == "all"
pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]


def shipped() -> Path:
    spec = importlib.util.find_spec("keras")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "src"


def copied(target: Path) -> list[str]:
    """The test files, outside of site-packages, so that they count as a user's code. Returns their names."""
    source = shipped()
    every = sorted(str(path.relative_to(source)) for folder in FOLDERS for path in (source / folder).rglob("*_test.py") if FOREIGN not in path.parts)
    names = every if EVERYTHING else [name for name in every if name in FEW]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / name, target / name)
    return names


def outcomes(folder: Path, names: list[str], *options: str) -> tuple[dict[str, str], str]:
    """What became of each test, and what was printed."""
    result = folder / "result.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-s",
        "-c",
        os.devnull,
        "--rootdir",
        str(folder),
        "--import-mode=importlib",
        "-p",
        "no:cacheprovider",
    ]
    path = os.pathsep.join([str(Path(__file__).parent), os.environ["PYTHONPATH"]])
    environment = {**os.environ, "PYTHONPATH": path, "WHYGRAD_STRICT": "1"}
    done = subprocess.run(
        [*command, f"--junitxml={result}", *options, *names], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.exists(), done.stdout + done.stderr
    cases = ET.parse(result).iter("testcase")
    return {f"{c.get('classname')}::{c.get('name')}": "/".join(sorted(child.tag for child in c)) or "passed" for c in cases}, done.stdout


def test_the_same_tests_pass(tmp_path: Path) -> None:
    names = copied(tmp_path)
    if not names:
        pytest.skip("this release of Keras ships no tests")
    plain, _ = outcomes(tmp_path, names)
    recorded, said = outcomes(tmp_path, names, "-p", "always_on")
    assert list(plain.values()).count("passed") > 30
    assert recorded == plain
    found = re.search(r"whygrad: (\d+) ops recorded, still active: True, failures: \[\]", said)
    assert found is not None, said[-2000:]
    assert int(found[1]) > 1000
