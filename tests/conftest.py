"""A quiet, equal environment for every test and its child processes, and a guard: no test may leave a hook of whygrad installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
ENVIRONMENT = {
    "WHYGRAD_STRICT": "1",  # failures of our own are loud
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "COLUMNS": "80",
    "NO_COLOR": "1",
    "PYTHONPATH": os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")])),
}
for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "PYTHONSAFEPATH", "PYTHONWARNINGS"):
    os.environ.pop(name, None)
os.environ.update(ENVIRONMENT)


def hooks_on() -> frozenset[str]:
    """The names of the hooks that are installed now; empty as long as the recorder was never imported."""
    hooks = sys.modules.get("whygrad.record.hooks")
    return frozenset() if hooks is None else frozenset(hooks.installed())


@pytest.fixture(autouse=True)
def no_hook_left_behind() -> Iterator[None]:
    before = hooks_on()
    yield
    left = hooks_on() - before  # a hook that an earlier test left is that test's failure, not this one's
    assert not left, f"this test left hooks of whygrad installed: {', '.join(sorted(left))}"
