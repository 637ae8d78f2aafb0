"""Arrays -> Stats. NumPy only: the arrays are those of the user's program and are not changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from whygrad.samples import TINY, UNKNOWN, Alike, Stats

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


GATES = (3, 4)  # of a GRU and an LSTM, side by side in one kernel


def alike(array: Any, sizes: Sequence[int] = ()) -> Alike | None:
    """Which units of a kernel, or of its gradient, are the same. `sizes`: numbers of inputs to compare with each other, beside all of them.

    None: fewer than two axes, nothing in it, or values that are not finite.
    """
    if array.ndim < 2 or not array.size or array.dtype.kind not in "fV":
        return None
    a = _plain(array)
    near = (4.0 if array.dtype.itemsize < 4 else 64.0) * (2.0**-8 if array.dtype.itemsize < 4 else 2.0**-23)
    scale = float(np.abs(a).max())
    if not math.isfinite(scale):
        return None
    inputs, units = a.shape[-2:]
    candidates = sorted({n for n in (inputs, *sizes) if n > 1 and inputs % n == 0})
    columns = units > 1 and bool(np.all(np.ptp(a, axis=-1) <= near * scale))
    parts = () if columns else tuple(units // gates for gates in GATES if units % gates == 0 and units > gates)
    return Alike(
        columns,
        tuple(n for n in candidates if bool(np.all(np.ptp(a.reshape(-1, n, units), axis=1) <= near * scale))),
        tuple(n for n in parts if bool(np.all(np.ptp(a.reshape(-1, n), axis=1) <= near * scale))),
    )


def _plain(array: Any) -> Any:
    a = np.asarray(array)
    if a.dtype.itemsize == 2 and str(a.dtype) in HALF:  # to ask for the name takes longer than to measure a small array
        return a.astype(np.float32)
    return np.abs(a) if a.dtype.kind == "c" else a


def _norm(a: Any) -> float:
    flat = a.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        square = float(np.dot(flat, flat))
        if math.isfinite(square) and square > 1e-30:
            return math.sqrt(square)
        return float(np.sqrt(np.sum(np.square(flat, dtype=np.float64))))  # of float32 the squares under- or overflow
