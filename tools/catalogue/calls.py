"""One call under a tape: a Target, the texts of its arguments and Values come in; the outputs, the tape and the ops that ran go out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import op_callbacks, op_def_registry
from tools.catalogue.surface import Target
from tools.catalogue.values import Values

Spec = Mapping[str, str]  # argument -> text; "*x" is spread over positions, "@x" goes to the constructor of a class


@dataclass
class Op:
    """One op that ran eagerly."""

    type: str
    inputs: tuple[Any, ...]
    attrs: tuple[Any, ...]
    outputs: tuple[Any, ...]


@dataclass
class Ran:
    """`outputs`: the tensors of the result, flat; `names`: of the outputs, as far as they have one."""

    values: Values
    outputs: list[Any]
    names: list[str]
    tape: Any
    ops: list[Op] = field(default_factory=list)

    def leaves_of(self, argument: str) -> list[int]:
        return [n for n, owner in enumerate(self.values.owners) if owner == argument]


def call(target: Target, spec: Spec, values: Values, *, record: bool = False) -> Ran:
    """Raises whatever the function raises."""
    tf.random.set_seed(values.seed)
    np.random.seed(values.seed)
    tape = tf.GradientTape(persistent=True)
    ops: list[Op] = []
    with tape:
        values.tape = tape
        arguments = {name: values.evaluate(name, text) for name, text in spec.items()}
        result = _recorded(target, arguments, ops) if record else invoke(target, arguments)
    flat = [x for x in tf.nest.flatten(result, expand_composites=True) if tf.is_tensor(x)]
    outputs = [x if isinstance(x, tf.Tensor) else tf.convert_to_tensor(x) for x in flat]
    return Ran(values, outputs, _names(target, result, len(outputs)), tape, ops)


def invoke(target: Target, arguments: Mapping[str, Any]) -> Any:
    settings = {name[1:]: value for name, value in arguments.items() if name.startswith("@")}
    called = {name: value for name, value in arguments.items() if not name.startswith("@")}
    spread, named = _split(target, called)
    function: Any = target.function(**settings) if inspect.isclass(target.function) else target.function
    return _updated(function, named) if target.kind == "metric" else function(*spread, **named)


def _split(target: Target, called: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """What goes by position and what by name: what stands before a "*x" has to go by position."""
    starred = next((n for n, name in enumerate(called) if name.startswith("*")), None)
    if starred is not None:
        values = list(called.values())
        return [*values[:starred], *values[starred]], dict(list(called.items())[starred + 1 :])
    only = positional_only(target.function) if target.kind == "function" else []
    return [called[name] for name in only if name in called], {name: v for name, v in called.items() if name not in only}


def positional_only(function: Callable[..., Any]) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in parameters if p.kind is p.POSITIONAL_ONLY]


def _updated(metric: Any, named: Mapping[str, Any]) -> Any:
    metric.update_state(**named)
    return metric.result()


def _recorded(target: Target, arguments: Mapping[str, Any], ops: list[Op]) -> Any:
    def note(op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None) -> None:
        if graph is None:
            kind = op_type.decode() if isinstance(op_type, bytes) else op_type
            ops.append(Op(kind, tuple(inputs), tuple(attrs or ()), tuple(outputs)))

    op_callbacks.add_op_callback(note)
    try:
        return invoke(target, arguments)
    finally:
        op_callbacks.remove_op_callback(note)


def _names(target: Target, result: Any, count: int) -> list[str]:
    fields = list(getattr(result, "_fields", ()))
    if not fields and target.kind == "op":
        op_def = op_def_registry.get(target.name.rpartition(".")[2])
        fields = [arg.name for arg in op_def.output_arg] if op_def else []
    return fields if len(fields) == count else [""] * count
