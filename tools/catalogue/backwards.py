"""A call that ran -> what comes back: the gradient from one output to one leaf, and the ops at which it stops."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from tools.catalogue.calls import Op, Ran

from whygrad.catalogue import Status

ONLY_SHAPES = frozenset({"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"})
STATE = ("Assign", "Scatter", "VarHandle", "Enqueue", "Push", "TensorList")
MOST_OPS = 500
_TRACED = re.compile(r"__(?:forward|inference|backward)_(.*?)_\d+$")  # a traced function has a number that differs in each run
_UNREGISTERED = re.compile(r"gradient registry has no entry for: (\w+)|No gradient defined for operation.*type: (\w+)")


@dataclass(frozen=True)
class Back:
    """`gradient` is an array where `status` is gradient or zero. `op`: that has no registered gradient; `error`: what asking raised."""

    status: Status
    gradient: Any = None
    op: str = ""
    error: str = ""


def is_smooth(dtype: Any) -> bool:
    return bool(dtype.is_floating or dtype.is_complex)


def weights(output: Any, seed: int) -> Any:
    """What the output is multiplied by before it is summed up: no component vanishes, none cancels another."""
    rng = np.random.default_rng([seed, 7])
    shape = tuple(output.shape)
    drawn = rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    if output.dtype.is_complex:
        drawn = drawn + 1j * rng.uniform(0.5, 1.5, size=shape)
    return tf.cast(tf.constant(drawn), output.dtype)


def back(ran: Ran, output: int, leaf: int) -> Back:
    """The gradient of the weighted sum of one output with respect to one leaf."""
    target = ran.outputs[output]
    if not is_smooth(target.dtype):
        return Back(Status.NONE)
    try:
        gradient = ran.tape.gradient(target, ran.values.leaves[leaf], output_gradients=weights(target, output))
    except LookupError as error:
        match = _UNREGISTERED.search(str(error))
        return Back(Status.NO_REGISTERED_GRADIENT, op=next(filter(None, match.groups()), "") if match else "", error="LookupError")
    except Exception as error:  # a gradient function may raise anything: that is an answer
        return Back(Status.NONE, error=f"{type(error).__name__}: {first_line(error)}")
    if gradient is None:
        return Back(Status.NONE)
    array = np.asarray(tf.convert_to_tensor(gradient))
    return Back(Status.GRADIENT if np.any(array != 0) else Status.ZERO, array)


def first_line(error: BaseException, length: int = 120) -> str:
    text = re.sub(r"\{\{.*?\}\}|0x[0-9a-f]+", "", str(error)).strip()
    line = " ".join("".join(c if c.isprintable() else " " for c in text.splitlines()[0]).split()) if text else ""
    return line if len(line) <= length else f"{line[: length - 3]}..."


def stops(ran: Ran, leaf: int, output: int) -> tuple[str, ...]:
    """The types of the ops inside the call at which the gradient ends on the way from the output back to the leaf."""
    edge = _edge(ran, leaf)
    above = _ancestors(ran.ops, ran.outputs[output])
    inside = [op for op, dead in edge if dead & above]
    found = _types(inside) or _types([op for op, _ in edge if op.type.startswith(STATE)]) or _types([op for op, _ in edge])
    return tuple(t for t in found if t not in ONLY_SHAPES) or found


def _types(ops: list[Op]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_TRACED.sub(r"\1", op.type) for op in ops))


def _edge(ran: Ran, leaf: int) -> list[tuple[Op, set[int]]]:
    """The ops that take something connected to the leaf, with those of their outputs that are not."""
    source = ran.values.leaves[leaf]
    connected, edge = {id(source)}, []
    for op in ran.ops[:MOST_OPS]:
        if not any(id(x) in connected for x in op.inputs):
            continue
        carried = {id(x) for x in op.outputs if is_smooth(x.dtype) and _connects(ran, x, source)}
        connected |= carried
        dead = {id(x) for x in op.outputs} - carried
        if dead or not op.outputs:
            edge.append((op, dead))
    return edge


def _connects(ran: Ran, tensor: Any, source: Any) -> bool:
    try:
        return ran.tape.gradient(tensor, source) is not None
    except Exception:  # no gradient function, or one that fails: the path ends here
        return False


def _ancestors(ops: list[Op], output: Any) -> set[int]:
    """The tensors from which the output was computed, itself included."""
    wanted = {id(output)}
    for op in reversed(ops):
        if any(id(x) in wanted for x in op.outputs):
            wanted.update(map(id, op.inputs))
    return wanted
