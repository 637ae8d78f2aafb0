"""What kind of function an Entry is, by the ops at which its gradient ends: one that stops it, reads a shape only, gives zeros, converts."""

from __future__ import annotations

from whygrad.catalogue.entry import Entry, Status

SHAPE_OPS = frozenset({"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike", "VariableShape"})  # they read no values
CONVERSIONS = frozenset({"Cast", "EncodeJpeg", "EncodePng", "AsString", "Bitcast", "QuantizeV2"})  # the same values in another type


def is_stop(entry: Entry, argument: str | int) -> bool:
    """Whether it hands the argument on and ends its gradient, as `tf.stop_gradient` does."""
    return entry.detail(argument).stops_at == ("StopGradient",)


def is_shape_only(entry: Entry, argument: str | int) -> bool:
    """Whether the values of the argument are never read. Where no op took it and no float comes out, it was asked for its shape, type or size."""
    if set(entry.flow(argument)) != {Status.NONE}:
        return False
    ops = entry.detail(argument).stops_at
    return set(ops) <= SHAPE_OPS if ops else not any(_is_float(o.dtype) for o in entry.outputs)


def is_like(entry: Entry, argument: str | int) -> bool:
    """Whether it makes other floats of the shape of the argument, as `tf.ones_like` does."""
    return is_shape_only(entry, argument) and all(_is_float(o.dtype) for o in entry.outputs)


def gives_zeros(entry: Entry) -> bool:
    """Whether the result is zeros of the shape of the argument, whatever its values."""
    return _gives(entry, "ZerosLike")


def gives_ones(entry: Entry) -> bool:
    return _gives(entry, "OnesLike")


def _gives(entry: Entry, op: str) -> bool:
    floats = entry.float_arguments
    return bool(floats) and all(is_like(entry, a.name) and entry.detail(a.name).stops_at == (op,) for a in floats)


def converts(entry: Entry, argument: str | int) -> bool:
    """Whether it hands the argument on in a type without gradients. A `Cast` inside says too little: what comes before it may be a comparison.

    What gives true or false answers a question.
    """
    ops = set(entry.detail(argument).stops_at)
    return bool(ops) and ops <= CONVERSIONS - {"Cast"} and not any(o.dtype == "bool" for o in entry.outputs)


def _is_float(dtype: str) -> bool:
    return dtype.startswith(("float", "bfloat", "complex"))
