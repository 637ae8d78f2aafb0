"""Arrays -> Stats. NumPy only: the arrays are those of the user's program and are not changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from whygrad.samples import TINY, UNKNOWN, Stats

SMALL = 65_536  # elements; of larger arrays only the norm is taken, as long as nothing looks wrong
HALF = ("float16", "bfloat16")


def stats(array: Any) -> Stats:
    """Everything there is to know; four passes over the array."""
    a = _plain(array)
    finite = np.isfinite(a)
    bad = a.size - int(np.count_nonzero(finite))
    first = tuple(int(i) for i in np.unravel_index(int(np.argmin(finite)), a.shape)) if bad else None
    good = a[finite] if bad else a
    low, high = (float(good.min()), float(good.max())) if good.size else (0.0, 0.0)
    return Stats(a.size, a.size - int(np.count_nonzero(a)), bad, low, high, _norm(good), first)


def glance(array: Any, *, again: bool = False) -> Stats:
    """The same for small arrays and for suspicious ones; of a large healthy one, or one looked at `again`, only the norm (`zeros` is UNKNOWN)."""
    if (array.size <= SMALL and not again) or array.dtype.itemsize < 4 or array.dtype.kind == "c":
        return stats(array)
    norm = _norm(_plain(array))
    if not math.isfinite(norm) or norm < TINY * math.sqrt(array.size):
        return stats(array)
    return Stats(array.size, UNKNOWN, 0, -norm, norm, norm)


def is_wrong(gradients: Sequence[Stats | None], best: Mapping[int, float]) -> bool:
    """Whether an answer is worth following back: NaN or exact zeros in it, or nothing but noise. One noisy gradient among others is healthy."""
    there = {i: found for i, found in enumerate(gradients) if found is not None and found.size}
    if any(found.bad or found.is_zero for found in there.values()):
        return True
    return bool(there) and all(found.is_faint(best.get(i, 0.0)) for i, found in there.items())


def _plain(array: Any) -> Any:
    a = np.asarray(array)
    if str(a.dtype) in HALF:
        return a.astype(np.float32)
    return np.abs(a) if a.dtype.kind == "c" else a


def _norm(a: Any) -> float:
    flat = a.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        square = float(np.dot(flat, flat))
        if math.isfinite(square) and square > 1e-30:
            return math.sqrt(square)
        return float(np.sqrt(np.sum(np.square(flat, dtype=np.float64))))  # of float32 the squares under- or overflow
