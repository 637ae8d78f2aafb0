"""Variables in; the names that people know (`dense_1/kernel`) and lists of them for a sentence out. Without TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from whygrad.health.history import Series
from whygrad.model import VariableInfo


def names_of(variables: Sequence[Any]) -> list[str]:
    """`layer/weight` for each Keras or TensorFlow variable; equal ones are told apart by `#2`, `#3` ..."""
    seen: Counter[str] = Counter()
    names = []
    for variable in variables:
        name = _name(variable)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def _name(variable: Any) -> str:
    """Keras 3 variables have a path with the model's name in front where they are nested; tf.Variables end in `:0`."""
    full = str(getattr(variable, "path", None) or getattr(variable, "name", None) or "variable").removesuffix(":0")
    parts = [part for part in full.split("/") if part]
    while len(parts) > 2 and parts[0].startswith(("sequential", "functional", "model")):
        parts = parts[1:]
    return "/".join(parts) or "variable"


def layer_of(name: str) -> str:
    """`encoder/dense_1/kernel` -> `encoder/dense_1`."""
    return name.rpartition("/")[0] or name


def listed(series: Sequence[Series]) -> str:
    """`a`, `b` and 3 others."""
    quoted = [f"`{s.name}`" for s in series]
    if len(quoted) > 3:
        return f"{quoted[0]}, {quoted[1]} and {len(quoted) - 2} others"
    return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]])) if quoted else "no variable"


def variable_info(series: Series) -> VariableInfo:
    return VariableInfo(series.name, series.shape, None, True)
