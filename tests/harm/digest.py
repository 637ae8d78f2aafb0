"""What the programs print: shape, dtype and every byte of a value, so that one differing bit shows."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np


def show(*values: Any) -> None:
    for value in values:
        print(describe(value))


def describe(value: Any) -> str:
    if value is None or isinstance(value, (str, int, float, bool)):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {describe(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}[" + ", ".join(map(describe, value)) + "]"
    if hasattr(value, "indices") and hasattr(value, "values"):
        return f"slices {describe(value.indices)} {describe(value.values)}"
    array = np.asarray(value)
    return f"{type(value).__name__} {array.dtype} {array.shape} {hashlib.sha1(array.tobytes()).hexdigest()}"
