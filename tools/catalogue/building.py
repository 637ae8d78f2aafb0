"""What cannot run here (no kernel for CPUs, no eager execution, a table or a queue is wanted): built in a graph, and differentiated there."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import op_def_registry
from tools.catalogue import arguments
from tools.catalogue.backwards import first_line, is_smooth
from tools.catalogue.calls import Spec, invoke
from tools.catalogue.kinds import kind_of
from tools.catalogue.surface import Target
from tools.catalogue.values import Values

from whygrad.catalogue import Argument, Detail, Entry, Output, Status

PREFERRED = (tf.float32, tf.complex64, tf.int32, tf.int64, tf.bool, tf.string)
LISTED = 2
WHOLE = ((1, 2), (2, 2), (3, 2), (1, 4), (1, 5))  # what settings are tried with: whole numbers, and the length of lists of them
REMOVED = "has been removed"
BUILT = "built in a graph, not run"
_PLAIN = {"int": 2, "float": 1.0, "bool": False, "string": "t", "shape": [2], "tensor": None}
_KINDS = {"int": "integer", "uint": "integer", "qint": "integer", "quint": "integer", "bool": "bool", "string": "string"}


def built(target: Target, reason: str) -> Entry:
    """`reason` why it could not be called; it stays in the entry when the op cannot be built either."""
    op_def = op_def_registry.get(target.name.rpartition(".")[2])
    plain = arguments.plain(target)
    if op_def is None:
        return Entry(target.name, target.aliases, plain, reason=reason)
    failures: list[Exception] = []
    for whole in WHOLE:
        try:
            with tf.Graph().as_default():
                return _built(target, op_def, plain, whole)
        except Exception as error:
            failures.append(error)
    if any(REMOVED in str(error) for error in failures) or REMOVED in reason:
        return Entry(target.name, target.aliases, plain, reason="removed from TensorFlow: only its name is left")
    last = f"built: {type(failures[0]).__name__}: {first_line(failures[0])}"
    return Entry(target.name, target.aliases, _kinds_only(plain, op_def), reason=f"{reason}; {last}")


def traced(target: Target, spec: Spec, reason: str) -> Entry:
    """A function whose kernel is missing here, with the arguments of its example. Raises what building it raises."""
    with tf.Graph().as_default():
        values = Values(1)
        result = invoke(target, {name: values.evaluate(name, text) for name, text in spec.items()})
        outputs = [x for x in tf.nest.flatten(result, expand_composites=True) if tf.is_tensor(x)]
        flows, details = {}, {}
        for owner in dict.fromkeys(values.owners):
            leaves = [leaf for leaf, name in zip(values.leaves, values.owners) if name == owner]
            flows[owner.lstrip("*")] = tuple(_flow(x, leaves, owner) for x in outputs)
            details[owner.lstrip("*")] = Detail((), (), f"{BUILT}: {reason}")
    known = tuple(dataclasses.replace(a, kind=values.kinds.get(a.name, values.kinds.get(f"*{a.name}", "setting"))) for a in arguments.plain(target))
    for a in known:
        if a.kind not in ("float", "complex", "setting"):
            flows[a.name] = (Status.INDEX if kind_of(a.name) == "index" else Status.NOT_FLOAT,) * len(outputs)
    described = tuple(Output("", x.dtype.name) for x in outputs)
    return Entry(target.name, target.aliases, known, described, flows, details, "; ".join(f"{n}={t}" for n, t in spec.items()))


def _built(target: Target, op_def: Any, plain: tuple[Argument, ...], whole: tuple[int, int]) -> Entry:
    dtypes = {a.name: _dtype(a) for a in op_def.attr if a.type == "type"}
    inputs = {arg.name: _placeholders(arg, dtypes) for arg in op_def.input_arg}
    wanted = set(inspect.signature(target.function).parameters)
    inputs = _as_called(inputs, wanted, {a.name for a in op_def.attr})
    needed = [a for a in op_def.attr if a.name in wanted and a.name not in inputs and (a.name == "table_name" or not a.HasField("default_value"))]
    settings = {a.name: _setting(a, dtypes, whole) for a in needed}
    given = {name: tensors if _is_list(arg) else tensors[0] for (name, tensors), arg in zip(inputs.items(), op_def.input_arg)}
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
    if output is None or not (is_smooth(output.dtype) or output.dtype is tf.variant):
        return Status.NONE
    weight = tf.zeros_like(output) if output.dtype is tf.variant else tf.ones_like(output)
    try:
        found = tf.gradients(output, tensors, grad_ys=weight)
    except LookupError:
        return Status.NO_REGISTERED_GRADIENT
    except (NotImplementedError, TypeError):  # a gradient function that only raises
        return Status.NONE
    return Status.GRADIENT if any(g is not None for g in found) else Status.NONE


def _as_called(inputs: dict[str, list[Any]], wanted: set[str], attrs: set[str]) -> dict[str, list[Any]]:
    """Python gives one input of some ops another name (`axis` for `split_dim`)."""
    missing, unknown = [n for n in inputs if n not in wanted], wanted - set(inputs) - attrs - {"name"}
    if len(missing) != 1 or len(unknown) != 1:
        return inputs
    return {unknown.copy().pop() if name == missing[0] else name: tensors for name, tensors in inputs.items()}


def _dtype(attr: Any) -> Any:
    allowed = [tf.as_dtype(t) for t in attr.allowed_values.list.type]
    return next((d for d in PREFERRED if not allowed or d in allowed), allowed[0] if allowed else tf.float32)


def _is_list(arg: Any) -> bool:
    return bool(arg.number_attr or arg.type_list_attr)


def _placeholders(arg: Any, dtypes: dict[str, Any]) -> list[Any]:
    dtype = tf.as_dtype(arg.type) if arg.type else dtypes.get(arg.type_attr, tf.float32)
    return [_placeholder(dtype, is_ref=arg.is_ref) for _ in range(LISTED if _is_list(arg) else 1)]


def _placeholder(dtype: Any, *, is_ref: bool) -> Any:
    return tf.raw_ops.VariableV2(shape=tf.TensorShape(None), dtype=dtype) if is_ref else tf.compat.v1.placeholder(dtype)


def _setting(attr: Any, dtypes: dict[str, Any], whole: tuple[int, int]) -> Any:
    if attr.type == "type":
        return dtypes[attr.name]
    if attr.allowed_values.list.s:
        return attr.allowed_values.list.s[0].decode()
    if attr.type.startswith("list("):
        inner = attr.type[5:-1]
        return [tf.float32] * LISTED if inner == "type" else [whole[0] if inner == "int" else _PLAIN.get(inner)] * max(attr.minimum, whole[1])
    return max(attr.minimum, whole[0]) if attr.type == "int" else _PLAIN[attr.type]


def _kind(dtype: Any) -> str:
    if is_smooth(dtype):
        return "complex" if dtype.is_complex else "float"
    return next((kind for word, kind in _KINDS.items() if dtype.name.startswith(word)), "setting")


def _kinds_only(plain: tuple[Argument, ...], op_def: Any) -> tuple[Argument, ...]:
    """Of an op that cannot be built: which arguments take floats, from its definition."""
    dtypes = {a.name: _dtype(a) for a in op_def.attr if a.type == "type"}
    known = [arg for arg in op_def.input_arg if not arg.type_list_attr]  # a list of any dtypes is no promise to take floats
    kinds = {arg.name: _kind(tf.as_dtype(arg.type) if arg.type else dtypes.get(arg.type_attr, tf.float32)) for arg in known}
    return tuple(dataclasses.replace(a, kind=kinds.get(a.name, "setting")) for a in plain)
