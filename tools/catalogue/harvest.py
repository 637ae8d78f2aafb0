"""Ops that ran inside functions -> example calls for the raw ops: {op: spec}, with the shapes and settings that TensorFlow itself used."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import op_def_registry
from tools.catalogue.calls import Op, Spec

LARGEST = 400


class Harvest:
    """Remembers the first usable call of each op type; `fresh` gives what was added since the last time."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._fresh: dict[str, Spec] = {}

    def add(self, ops: list[Op]) -> None:
        for op in ops:
            if op.type not in self._known and "PyFunc" not in op.type:  # a Python function has a name of its process
                spec = _spec(op)
                if spec is not None:
                    self._known.add(op.type)
                    self._fresh[op.type] = spec

    def fresh(self) -> dict[str, Spec]:
        found, self._fresh = self._fresh, {}
        return found


def _spec(op: Op) -> Spec | None:
    op_def, function = op_def_registry.get(op.type), getattr(tf.raw_ops, op.type, None)
    if op_def is None or function is None:
        return None
    names = set(inspect.signature(function).parameters)
    attrs = dict(zip(op.attrs[::2], op.attrs[1::2]))
    spec, inputs = {}, list(op.inputs)
    for arg in op_def.input_arg:
        listed = bool(arg.number_attr or arg.type_list_attr)
        count = _count(arg, attrs) if listed else 1
        taken, inputs = inputs[:count], inputs[count:]
        texts = [_input(x) for x in taken]
        if any(t is None for t in texts):
            return None
        spec[arg.name] = f"[{', '.join(map(str, texts))}]" if listed else str(texts[0])
    for key, value in attrs.items():
        if key in names and key not in spec:
            text = _attr(value, next((a.type for a in op_def.attr if a.name == key), ""))
            if text is None:
                return None
            spec[key] = text
    return spec


def _count(arg: Any, attrs: dict[str, Any]) -> int:
    value = attrs.get(arg.number_attr or arg.type_list_attr, 1)
    return value if isinstance(value, int) else len(value)


def _input(tensor: Any) -> str | None:
    """The text of one input; None where it is no plain data."""
    dtype = tensor.dtype
    array = None if dtype in (tf.resource, tf.variant) else np.asarray(tensor)
    if array is None or array.size > LARGEST:
        return None
    shape = ", ".join(map(str, array.shape))
    if dtype in (tf.float32, tf.float64):
        return f"{_letter(array)}({shape})"
    if dtype.is_complex:
        return f"c({shape})"
    if dtype.is_integer or dtype == tf.bool:
        return f"lit({array.tolist()!r}, 'tf.{dtype.name}')"
    return f"s({array.astype(str).tolist()!r})" if dtype == tf.string and array.ndim == 1 else None


def _letter(array: Any) -> str:
    if array.size and np.all((array > 0) & (array <= 1)):
        return "p"
    return "g" if array.size and np.all(array > 1) else "f"


def _attr(value: Any, kind: str) -> str | None:
    if kind == "type":
        return f"tf.{tf.as_dtype(value).name}"
    if kind == "list(type)":
        return f"[{', '.join(f'tf.{tf.as_dtype(v).name}' for v in value)}]"
    if isinstance(value, bytes):
        return repr(value.decode("utf-8", "replace"))
    return repr(value) if isinstance(value, (bool, int, float, str, list, tuple)) and len(repr(value)) < 200 else None
