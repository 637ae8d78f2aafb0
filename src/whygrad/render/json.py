"""A Report comes in; the contract "whygrad/1" goes out as ASCII JSON that every parser reads."""

from __future__ import annotations

import json
import math
from typing import Any

from whygrad.model import Report


def render(
    report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
) -> str:
    """The whole report. JSON has no NaN or Inf: those norms become the strings "NaN", "Infinity", "-Infinity". The other arguments have no effect."""
    return json.dumps(_strict(report.to_json()), indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _strict(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _strict(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    return _number_name(value) if isinstance(value, float) and not math.isfinite(value) else value


def _number_name(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
