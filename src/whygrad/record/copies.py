"""Kernels of which some units are copies of others. NumPy arrays in; for each unit the first one with the same numbers, out (`first`).

A unit that is a copy of no other stands for itself; an empty tuple says that there are too few copies to speak of.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from whygrad.samples import FEW, First, copies_in

WIDEST = 10_000  # units: of wider kernels none is a hidden layer that anybody built of copies
PROBES = 4  # inputs that are looked at before all are
ALIVE = 1e-3  # of the largest number: what is smaller in a unit says nothing about it


def copied(array: Any) -> First:
    """Of a kernel [..., inputs, units]. Exactly the same numbers, not all zero; not where all units are equal."""
    units = array.shape[-1] if array.ndim >= 2 else 0
    if not 2 * FEW <= units <= WIDEST or array.dtype.kind not in "fV" or not _may_be(array.reshape(-1, units)):
        return ()
    seen: dict[bytes, int] = {}
    columns = np.ascontiguousarray(array.reshape(-1, units).T)
    first = tuple(seen.setdefault(one.tobytes(), i) if one.any() else i for i, one in enumerate(columns))
    return first if len(set(first)) > 1 and copies_in(first) >= FEW else ()


def _may_be(rows: Any) -> bool:
    """Cheaply: of a few rows a sum that is equal for equal units, and hardly ever for others."""
    total = np.zeros(rows.shape[1])
    with np.errstate(all="ignore"):
        for i in range(PROBES):
            total = total + (i + np.sqrt(2.0)) * rows[(len(rows) - 1) * i // (PROBES - 1)].astype(np.float64)
    total = np.sort(total[total != 0.0])
    if not total.size or total[0] == total[-1]:
        return False
    return int(np.count_nonzero(total[1:] == total[:-1])) >= FEW


def still(array: Any, near: float, first: First) -> First:
    """Those of the copies that are copies in this array of the same shape, too: within `near` times its largest number, and not next to zero."""
    a = array.reshape(-1, len(first))
    scale = float(np.abs(a).max())
    same = (np.abs(a - a[:, list(first)]).max(axis=0) <= near * scale) & (np.abs(a).max(axis=0) > ALIVE * scale)
    return _kept(first, same)


def taken_alike(array: Any, near: float, first: First) -> First:
    """Those of the copies that a next layer's kernel [..., inputs, units] takes in with the same numbers. () where it takes in something else."""
    if array.shape[-2] % len(first):
        return ()
    a = array.reshape(-1, len(first), array.shape[-1])
    same = np.abs(a - a[:, list(first)]).max(axis=(0, 2)) <= near * float(np.abs(a).max())
    return _kept(first, same)


def _kept(first: First, same: Any) -> First:
    """A unit that differs from the first of its kind stands for itself from now on, and so do the others where the first one is not to be trusted."""
    kept = tuple(f if s and same[f] else i for i, (f, s) in enumerate(zip(first, same.tolist(), strict=True)))
    return kept if copies_in(kept) >= FEW else ()
