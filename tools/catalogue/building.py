"""Raw ops that cannot run here (no kernel for CPUs, a table or a queue is wanted): built in a graph on placeholders, and differentiated there."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import op_def_registry
from tools.catalogue import arguments
from tools.catalogue.backwards import first_line, is_smooth
from tools.catalogue.kinds import kind_of
from tools.catalogue.surface import Target

from whygrad.catalogue import Argument, Detail, Entry, Output, Status

PREFERRED = (tf.float32, tf.complex64, tf.int32, tf.int64, tf.bool, tf.string)
LISTED = 2
BUILT = "built in a graph, not run"
_PLAIN = {"int": 1, "float": 1.0, "bool": False, "string": "", "shape": [2], "tensor": None}
_KINDS = {"int": "integer", "uint": "integer", "qint": "integer", "quint": "integer", "bool": "bool", "string": "string"}


def built(target: Target, reason: str) -> Entry:
    """`reason` why it could not be called; it stays in the entry when the op cannot be built either."""
    op_def = op_def_registry.get(target.name.rpartition(".")[2])
    plain = arguments.plain(target)
    if op_def is None:
        return Entry(target.name, target.aliases, plain, reason=reason)
    try:
        with tf.Graph().as_default():
            return _built(target, op_def, plain)
    except Exception as error:
        return Entry(target.name, target.aliases, _kinds_only(plain, op_def), reason=f"{reason}; built: {type(error).__name__}: {first_line(error)}")


def _built(target: Target, op_def: Any, plain: tuple[Argument, ...]) -> Entry:
    dtypes = {a.name: _dtype(a) for a in op_def.attr if a.type == "type"}
    inputs = {arg.name: _placeholders(arg, dtypes) for arg in op_def.input_arg}
    wanted = set(inspect.signature(target.function).parameters)
    settings = {a.name: _setting(a, dtypes) for a in op_def.attr if a.name in wanted and a.name not in inputs and not a.HasField("default_value")}
    given = {arg.name: inputs[arg.name] if _is_list(arg) else inputs[arg.name][0] for arg in op_def.input_arg}
    result = target.function(**given, **settings)
    outputs = [x for x in tf.nest.flatten(result) if isinstance(x, tf.Tensor)]
    names = [arg.name for arg in op_def.output_arg] if len(op_def.output_arg) == len(outputs) else [""] * len(outputs)
    described = tuple(Output(n, x.dtype.name) for n, x in zip(names, outputs)) or (Output("", "nothing"),)
    flows, details, kinds = {}, {}, {}
    for name, tensors in inputs.items():
        kinds[name] = _kind(tensors[0].dtype)
        flows[name] = tuple(_flow(x, tensors, name) for x in outputs) or (_flow(None, tensors, name),)
        if kinds[name] in ("float", "complex"):
            details[name] = Detail((op_def.name,) if Status.GRADIENT not in flows[name] else (), (), BUILT)
    known = tuple(dataclasses.replace(a, kind=kinds.get(a.name, "setting")) for a in plain)
    text = "; ".join(f"{n}={t[0].dtype.name}" for n, t in inputs.items())
    return Entry(target.name, target.aliases, known, described, flows, details, text)


def _flow(output: Any, tensors: list[Any], name: str) -> Status:
    if _kind(tensors[0].dtype) not in ("float", "complex"):
        return Status.INDEX if kind_of(name) == "index" and tensors[0].dtype.is_integer else Status.NOT_FLOAT
    if output is None or not is_smooth(output.dtype):
        return Status.NONE
    try:
        found = tf.gradients(output, tensors)
    except LookupError:
        return Status.NO_REGISTERED_GRADIENT
    return Status.GRADIENT if any(g is not None for g in found) else Status.NONE


def _dtype(attr: Any) -> Any:
    allowed = [tf.as_dtype(t) for t in attr.allowed_values.list.type]
    return next((d for d in PREFERRED if not allowed or d in allowed), allowed[0] if allowed else tf.float32)


def _is_list(arg: Any) -> bool:
    return bool(arg.number_attr or arg.type_list_attr)


def _placeholders(arg: Any, dtypes: dict[str, Any]) -> list[Any]:
    dtype = tf.as_dtype(arg.type) if arg.type else dtypes.get(arg.type_attr, tf.float32)
    return [tf.compat.v1.placeholder(dtype) for _ in range(LISTED if _is_list(arg) else 1)]


def _setting(attr: Any, dtypes: dict[str, Any]) -> Any:
    if attr.type == "type":
        return dtypes[attr.name]
    if attr.allowed_values.list.s:
        return attr.allowed_values.list.s[0].decode()
    if attr.type.startswith("list("):
        inner = attr.type[5:-1]
        return [tf.float32] * LISTED if inner == "type" else [_PLAIN.get(inner)] * max(attr.minimum, LISTED)
    return max(attr.minimum, 1) if attr.type == "int" else _PLAIN[attr.type]


def _kind(dtype: Any) -> str:
    if is_smooth(dtype):
        return "complex" if dtype.is_complex else "float"
    return next((kind for word, kind in _KINDS.items() if dtype.name.startswith(word)), "setting")


def _kinds_only(plain: tuple[Argument, ...], op_def: Any) -> tuple[Argument, ...]:
    """Of an op that cannot be built: which arguments take floats, from its definition."""
    dtypes = {a.name: _dtype(a) for a in op_def.attr if a.type == "type"}
    kinds = {arg.name: _kind(tf.as_dtype(arg.type) if arg.type else dtypes.get(arg.type_attr, tf.float32)) for arg in op_def.input_arg}
    return tuple(dataclasses.replace(a, kind=kinds.get(a.name, "setting")) for a in plain)
