"""The tape's answer against differences: (target, spec) and the gradients that came back -> agreement, or a sentence with numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from tools.catalogue.backwards import back, is_smooth, weights
from tools.catalogue.calls import Ran, Spec, call
from tools.catalogue.surface import Target
from tools.catalogue.values import Values

DIRECTIONS = 3
STEPS = {"float64": 1e-6, "float32": 1e-2}
TOLERANCES = {"float64": 1e-4, "float32": 3e-2}
NARROW = ("float32", "float16", "bfloat16", "complex64")


@dataclass(frozen=True)
class Compared:
    """`tape` and `differences`: derivatives along one direction, where they agree least. `error`: their relative difference."""

    tape: float
    differences: float
    error: float
    dtype: str

    @property
    def agrees(self) -> bool:
        return self.error <= TOLERANCES[self.dtype]


def compare(target: Target, spec: Spec, argument: str, outputs: Iterable[int], seed: int) -> Compared | None:
    """None: it could not be compared, nothing is finite there.

    Where differences in float64 disagree, float32 decides as well: many functions take float64 and compute in float32 inside, where the small
    step of float64 drowns.
    """
    found = []
    for dtype in STEPS:
        compared = _in_dtype(target, spec, argument, list(outputs), seed, dtype)
        if compared is not None:
            found.append(compared)
            if compared.agrees:
                break
    return min(found, key=lambda c: c.error / TOLERANCES[c.dtype], default=None)


def _in_dtype(target: Target, spec: Spec, argument: str, outputs: list[int], seed: int, dtype: str) -> Compared | None:
    try:
        ran = call(target, spec, Values(seed, dtype))
    except Exception:  # many take float32 only
        return None
    usable = [n for n in outputs if n < len(ran.outputs) and is_smooth(ran.outputs[n].dtype)]
    if not usable or (dtype == "float64" and any(ran.outputs[n].dtype.name in NARROW for n in usable)):
        return None
    return _worst(target, spec, ran, argument, usable, dtype)


def _worst(target: Target, spec: Spec, ran: Ran, argument: str, outputs: list[int], dtype: str) -> Compared | None:
    leaves = ran.leaves_of(argument)
    gradients = {leaf: sum(_dense(back(ran, n, leaf).gradient) for n in outputs) for leaf in leaves}
    rng = np.random.default_rng([ran.values.seed, 11])
    found = []
    for _ in range(DIRECTIONS):
        along = {leaf: _direction(rng, ran.values.leaves[leaf]) for leaf in leaves}
        tape = float(sum(np.sum(np.real(np.conj(gradients[leaf]) * v)) for leaf, v in along.items()))
        slope = _slope(target, spec, ran.values, along, _loss(outputs), dtype)
        if slope is None or not np.isfinite([tape, slope]).all():
            return None
        found.append(Compared(tape, slope, abs(tape - slope) / max(abs(tape), abs(slope), 1e-2), dtype))
    return max(found, key=lambda c: c.error)


def _dense(gradient: Any) -> Any:
    return 0.0 if gradient is None else gradient


def _direction(rng: np.random.Generator, leaf: Any) -> Any:
    shape = tuple(leaf.shape)
    drawn = rng.normal(size=shape)
    if leaf.dtype.is_complex:
        drawn = drawn + 1j * rng.normal(size=shape)
    return np.asarray(drawn / max(float(np.sqrt(np.sum(np.abs(drawn) ** 2))), 1e-12))


def _loss(outputs: list[int]) -> Callable[[Ran], float]:
    def loss(ran: Ran) -> float:
        return sum(float(tf.math.real(_summed(ran.outputs[n], n))) for n in outputs)

    return loss


def _summed(output: Any, number: int) -> Any:
    wide = tf.complex128 if output.dtype.is_complex else tf.float64
    return tf.reduce_sum(tf.math.conj(tf.cast(weights(output, number), wide)) * tf.cast(output, wide))


def _slope(target: Target, spec: Spec, values: Values, along: dict[int, Any], loss: Callable[[Ran], float], dtype: str) -> float | None:
    """Central differences along one direction. None where the moved call fails."""
    step, ends = STEPS[dtype], []
    for sign in (1, -1):
        moved = {n: (np.asarray(values.leaves[n]) + sign * step * v).astype(values.leaves[n].dtype.as_numpy_dtype) for n, v in along.items()}
        try:
            ends.append(loss(call(target, spec, Values(values.seed, dtype, moved))))
        except Exception:  # a value outside the domain
            return None
    return (ends[0] - ends[1]) / (2 * step)
