"""Steps that a history keeps come in; a file of JSON lines goes out, one object a step. It is as bounded as the history: thinned with it.

{"schema": "whygrad-health/1", "step": 12, "variables": {"dense/kernel": {"norm": 0.13, "largest": ..., "zeros": ..., "nonfinite": ..., ...}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from whygrad.health.history import History, Point
from whygrad.render.write import write_text

SCHEMA = "whygrad-health/1"
DIGITS = 6


class JsonLines:
    """The file is made new at once, so that a wrong path is known before the training. Raises UsageError where it cannot be written."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._waiting: list[str] = []
        write_text(self.path, "")

    def add(self, step: int, points: Mapping[str, Point]) -> None:
        """A step for the end of the file; written by `flush`."""
        self._waiting.append(_line(step, points))

    def flush(self) -> None:
        """Append what is waiting: whole lines, in one write."""
        if self._waiting:
            with self.path.open("a", encoding="utf-8") as file:
                file.write("".join(self._waiting))
            self._waiting.clear()

    def rewrite(self, history: History) -> None:
        """The whole file anew from what the history has kept: beside it, then renamed."""
        self._waiting.clear()
        kept = sorted((step, number, points) for number, batch in enumerate(history.batches) for step, points in batch.points())
        write_text(self.path, "".join(_line(step, points) for step, _, points in kept))


def _line(step: int, points: Mapping[str, Point]) -> str:
    variables = {name: {key: _short(value) for key, value in point.to_json().items()} for name, point in points.items()}
    return json.dumps({"schema": SCHEMA, "step": step, "variables": variables}, separators=(",", ":"), allow_nan=False) + "\n"


def _short(value: float | str | bool | None) -> float | int | str | bool | None:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
