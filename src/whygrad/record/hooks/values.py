"""What a value of the user's is, in plain data: its key for TensorFlow's tape, its kind, dtype and shape (seen on 2.15 to 2.21)."""

from __future__ import annotations

from typing import Any

import numpy as np

from whygrad import recording as rec


def handle_of(value: Any) -> Any:
    """The handle of a variable. None for anything else, and for a distributed variable outside its replicas, which refuses to name one."""
    try:
        return getattr(value, "handle", None)
    except ValueError:
        return None


def key_of(value: Any) -> int:
    """The id that TensorFlow's tape knows this tensor or variable by; -1 for anything else."""
    handle = handle_of(value)
    found = getattr(handle if handle is not None else value, "_id", None)
    if found is None and hasattr(value, "_ref"):
        found = getattr(value._ref(), "_id", None)
    return found if isinstance(found, int) else -1


def key_of_variable(variable: Any) -> int:
    """Of a variable of Keras 3, whose `value` is one of TensorFlow's, or of Keras 2 or TensorFlow, whose `value` is a method."""
    inner = getattr(variable, "value", variable)
    return key_of(variable if callable(inner) else inner)


def describe(value: Any) -> rec.Source:
    """What one source is, in plain data."""
    type_name = f"{type(value).__module__}.{type(value).__qualname__}"
    if value is None:
        return rec.Source("none", None, None, None, None, "None")
    key = key_of(value)
    if key < 0:
        kind: rec.SourceKind = (
            "array" if isinstance(value, np.ndarray) else "number" if isinstance(value, (int, float, complex, np.generic)) else "other"
        )
        shape = tuple(value.shape) if isinstance(value, (np.ndarray, np.generic)) else None
        return rec.Source(kind, None, None, str(getattr(value, "dtype", "")) or None, shape, type_name)
    is_variable = hasattr(value, "assign") or handle_of(value) is not None
    name = getattr(value, "path", None) or _name(value)
    trainable = bool(getattr(value, "trainable", True)) if is_variable else None
    return rec.Source("variable" if is_variable else "tensor", key, name, dtype_text(value.dtype), shape_of(value), type_name, trainable)


def dtype_text(dtype: Any) -> str:
    base = getattr(dtype, "base_dtype", dtype)
    return str(getattr(base, "name", base))


def _name(value: Any) -> str | None:
    try:
        name: str = value.name
        return name.split(":", maxsplit=1)[0]
    except (AttributeError, ValueError, NotImplementedError):  # eager tensors have no name
        return None


def shape_of(value: Any) -> rec.Shape | None:
    shape = getattr(value, "shape", None)
    try:
        return None if shape is None else tuple(None if d is None else int(d) for d in shape)
    except (TypeError, ValueError):
        return None
