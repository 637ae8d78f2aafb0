"""What an op does to a gradient, asked of TensorFlow itself: (signature, shapes of inputs) -> for each input, does gradient come back.

The op is built on placeholders in a scratch graph and differentiated with `tf.gradients`. Nothing is remembered by hand:
what cannot be built is answered by the gradient registry alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow.core.framework import attr_value_pb2
from tensorflow.python.eager import backprop_util
from tensorflow.python.framework import dtypes, op_def_registry
from tensorflow.python.framework import ops as tf_ops
from tensorflow.python.ops import gradients_util

from whygrad import recording as rec


def dtype_name(enum: int) -> str:
    return str(dtypes.as_dtype(enum % 100).name)


def is_trainable_dtype(enum: int) -> bool:
    return bool(backprop_util.IsTrainable(dtypes.as_dtype(enum % 100)))


def oracle(signatures: list[rec.Signature]) -> dict[str, Any]:
    """The questions of a Recording that only TensorFlow can answer; answers are cached per signature."""
    cache: dict[tuple[Any, ...], tuple[bool, ...] | None] = {}

    def carries(signature: int, shapes: tuple[rec.Shape | None, ...]) -> tuple[bool, ...] | None:
        s = signatures[signature]
        key = (
            s.op,
            s.attrs if _hashable(s.attrs) else repr(s.attrs),
            tuple((d, None if sh is None else len(sh)) for d, sh in s.outputs),
            len(shapes),
        )
        if key not in cache:
            cache[key] = ask(s, shapes)
        return cache[key]

    return {"carries": carries, "dtype_name": dtype_name, "is_trainable_dtype": is_trainable_dtype}


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def ask(signature: rec.Signature, shapes: tuple[rec.Shape | None, ...]) -> tuple[bool, ...] | None:
    """For each input: does a gradient of the outputs reach it? None: an op without registered gradient (LookupError).

    `shapes` of the inputs as far as they were seen; some gradient functions cannot be built without.
    """
    inputs = len(shapes)
    try:
        registered = tf_ops.gradient_registry.lookup(signature.op)
    except LookupError:
        return None
    if registered is None or not any(is_trainable_dtype(d) for d, _ in signature.outputs):
        return (False,) * inputs
    for known in ((None,) * inputs, shapes):
        with tf_ops.init_scope(), tf.Graph().as_default():
            try:
                return differentiate(signature, known)
            except Exception:  # without shapes, or an op that cannot stand alone (control flow, resources)
                continue
    return (True,) * inputs  # the registry's word counts


def differentiate(signature: rec.Signature, shapes: tuple[rec.Shape | None, ...]) -> tuple[bool, ...]:
    op_def = op_def_registry.get(signature.op)
    attrs = attr_values(op_def, signature.attrs)
    in_dtypes = input_dtypes(op_def, attrs, len(shapes))
    inputs = [tf.compat.v1.placeholder(dtypes.as_dtype(d), shape=shape) for d, shape in zip(in_dtypes, shapes)]
    out_dtypes = [dtypes.as_dtype(d % 100) for d, _ in signature.outputs]
    op = tf_ops.get_default_graph()._create_op_internal(signature.op, inputs, out_dtypes, attrs=attrs, compute_device=False)
    for output, (_, shape) in zip(op.outputs, signature.outputs):
        if shape is not None and output.shape.rank is None:
            output.set_shape(shape)
    wanted = [o for o in op.outputs if backprop_util.IsTrainable(o)]
    grads = gradients_util._GradientsHelper(wanted, inputs)
    return tuple(g is not None for g in grads)


def input_dtypes(op_def: Any, attrs: dict[str, Any], count: int) -> list[int]:
    """Dtypes of the inputs as the op's definition and attributes give them."""
    found: list[int] = []
    for arg in op_def.input_arg:
        if arg.type_list_attr:
            found += list(attrs[arg.type_list_attr].list.type)
            continue
        dtype = arg.type or attrs[arg.type_attr].type
        found += [dtype] * (attrs[arg.number_attr].i if arg.number_attr else 1)
    if len(found) != count:
        raise ValueError(f"{op_def.name} takes {len(found)} inputs, {count} were recorded")
    return found


def attr_values(op_def: Any, attrs: tuple[Any, ...]) -> dict[str, Any]:
    """Recorded attributes (Python values of an eager op, or bytes of a graph op's protocol buffers) as AttrValues."""
    kinds = {a.name: a.type for a in op_def.attr}
    result: dict[str, Any] = {}
    for key, value in zip(attrs[::2], attrs[1::2]):
        name = key.decode() if isinstance(key, bytes) else key
        if name in kinds and not name.startswith("_"):
            result[name] = _attr(kinds[name], value)
    return result


def _attr(kind: str, value: Any) -> Any:
    message = attr_value_pb2.AttrValue()
    if isinstance(value, bytes) and kind != "string":
        message.ParseFromString(value)
        return message
    if kind == "string" and isinstance(value, bytes):
        try:
            message.ParseFromString(value)
            if message.WhichOneof("value") == "s":
                return message
        except Exception:  # the plain bytes of an eager op
            message = attr_value_pb2.AttrValue()
    if kind.startswith("list("):
        for item in value:
            _fill_list(message.list, kind[5:-1], item)
        if not value:
            message.list.SetInParent()
        return message
    _FILL[kind](message, value)
    return message


def _shape_proto(value: Any) -> Any:
    return tf.TensorShape(value).as_proto()


def _fill_list(target: Any, kind: str, item: Any) -> None:
    if kind == "type":
        target.type.append(dtypes.as_dtype(item).as_datatype_enum)
    elif kind == "shape":
        target.shape.append(_shape_proto(item))
    elif kind == "string":
        target.s.append(item.encode() if isinstance(item, str) else item)
    else:
        getattr(target, {"int": "i", "float": "f", "bool": "b"}[kind]).append(item)


_FILL: dict[str, Callable[[Any, Any], None]] = {
    "type": lambda m, v: setattr(m, "type", dtypes.as_dtype(v).as_datatype_enum),
    "int": lambda m, v: setattr(m, "i", int(v)),
    "float": lambda m, v: setattr(m, "f", float(v)),
    "bool": lambda m, v: setattr(m, "b", bool(v)),
    "string": lambda m, v: setattr(m, "s", v.encode() if isinstance(v, str) else v),
    "shape": lambda m, v: m.shape.CopyFrom(_shape_proto(v)),
}
