"""Figures of one variable at one step, as the ring gives them."""

from __future__ import annotations

import math

from whygrad.health.history import COLUMNS


def row(norm: float = 1.0, zeros: float = 0.0, bad: float = 0.0, present: float = 1.0, skipped: float = 0.0, ratio: float = math.nan) -> list[float]:
    values = dict(zip(COLUMNS, (norm, norm, zeros, bad, present, skipped, math.nan, ratio), strict=True))
    return list(values.values())
