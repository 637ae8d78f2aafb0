"""A text and a name come in; the test fails unless the golden file says the same. WHYGRAD_GOLDEN=write rewrites the file instead."""

from __future__ import annotations

import os
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"


def check_golden(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("WHYGRAD_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8", newline="\n")
        return
    assert file.is_file(), f"no golden file {name}: make golden, and read the diff"
    with file.open(encoding="utf-8", newline="") as golden:
        assert text == golden.read()
