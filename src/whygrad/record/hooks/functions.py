"""tf.function, If, While and custom gradients: which graph an op runs, and what a hand-written gradient gave back (seen on 2.15 to 2.21)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tensorflow.python.autograph.impl import api as autograph_api
from tensorflow.python.autograph.pyct import error_utils
from tensorflow.python.eager import context
from tensorflow.python.eager import record as tf_record
from tensorflow.python.eager.polymorphic_function import concrete_function, polymorphic_function
from tensorflow.python.ops import cond_v2, custom_gradient, while_v2
from tensorflow.python.ops.parallel_for import pfor
from tensorflow.python.util import nest

from whygrad import recording as rec
from whygrad.record import autograph
from whygrad.record.hooks.disguise import is_ours, part_of
from whygrad.record.hooks.graph_samples import Looker
from whygrad.record.hooks.handwritten import definition_of
from whygrad.record.hooks.ops import captures_of, graph_number, symbolic_meta
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.hooks.tapes import current_graph
from whygrad.record.recorder import Recorder
from whygrad.samples import Sample


class Pending:
    """A function call, If or While whose op is about to be recorded."""

    __slots__ = ("kind", "op", "state")

    def __init__(self, kind: str, state: int) -> None:
        self.kind = kind
        self.state = state
        self.op: int | None = None


def install(patches: Patches, sampled: Callable[[Sample], None]) -> None:
    """Wrap what runs graphs; `sampled(sample)` hears of gradients that were computed inside one."""
    r = patches.recorder
    looker = Looker(r)
    patches.wrap(concrete_function.ConcreteFunction, "_call_flat", lambda original: _call_flat(r, original, looker, sampled))
    patches.wrap(polymorphic_function.Function, "__call__", lambda original: _call(r, original))
    patches.wrap(cond_v2, "_build_cond", lambda original: _build_cond(r, original))
    patches.wrap(while_v2, "_build_while_op", lambda original: _build_while(r, original))
    patches.wrap(tf_record, "record_operation", lambda original: _record_operation(r, original))
    patches.wrap(autograph_api, "_convert_actual", lambda original: _converted(r, original))
    patches.wrap(error_utils, "_stack_trace_inside_mapped_code", _user_code)
    patches.wrap(pfor, "_create_op", lambda original: _vectorized(r, original))


def snapshot(r: Recorder, graph: Any) -> int:
    """Our number of a finished function graph, its inputs, outputs and captures noted."""
    number = graph_number(r, graph)
    known = r.graphs[number]
    known.inputs = tuple(t._id for t in graph.inputs)
    known.outputs = tuple(t._id for t in graph.outputs if hasattr(t, "_id"))
    known.captures = captures_of(graph)
    return number


def _call_flat(r: Recorder, original: Any, looker: Looker, sampled: Callable[[Sample], None]) -> Any:
    def _call_flat(self: Any, tensor_inputs: Any, captured_inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if not r.active or (r.thread.quiet and context.executing_eagerly()):
            return original(self, tensor_inputs, captured_inputs, *args, **kwargs)
        if context.executing_eagerly():
            with guarded(r):
                count = len(tensor_inputs)
                inputs, samples = looker.before(self.graph, [*tensor_inputs, *captured_inputs])
                tensor_inputs, captured_inputs = inputs[:count], inputs[count:]
                for sample in samples:
                    sampled(sample)
        pending = Pending("function", r.thread.state)
        r.thread.pending.append(pending)
        try:
            result = original(self, tensor_inputs, captured_inputs, *args, **kwargs)
        finally:
            r.thread.pending.pop()
        with guarded(r):
            op = pending.op if pending.op is not None else _call_in_graph(r, [*tensor_inputs, *captured_inputs], result)
            r.runs[op] = rec.Call(op, "function", (snapshot(r, self.graph),), pending.state)
        return result

    return _call_flat


def _call_in_graph(r: Recorder, inputs: list[Any], result: Any) -> int:
    """A call inside a graph is built without a callback: record it from what went in and came out."""
    outputs = [t for t in nest.flatten(result, expand_composites=True) if isinstance(getattr(t, "_id", None), int)]
    meta = tuple(symbolic_meta(t) for t in outputs)
    signature = r.signature("PartitionedCall", (), meta)
    site = r.site(sys._getframe(2))
    return r.add_op(signature, site, current_graph(r), [t._id for t in inputs], [t._id for t in outputs])


def _call(r: Recorder, original: Any) -> Any:
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        if not r.active:
            return original(self, *args, **kwargs)
        mine: tuple[int, ...] = ()
        with guarded(r):
            mine = tuple(t._id for t in nest.flatten((args, kwargs), expand_composites=True) if isinstance(getattr(t, "_id", None), int))
        r.thread.arguments.append(mine)
        try:
            return original(self, *args, **kwargs)
        finally:
            r.thread.arguments.pop()
            r.tick()

    return __call__


@part_of(cond_v2._build_cond)
def _control_flow(r: Recorder, original: Any, kind: Any, graphs: Any, args: Any, kwargs: Any) -> Any:
    pending = Pending(kind, r.thread.state)
    r.thread.pending.append(pending)
    try:
        return original(*args, **kwargs)
    finally:
        r.thread.pending.pop()
        with guarded(r):
            if pending.op is not None:
                r.runs[pending.op] = rec.Call(pending.op, kind, tuple(snapshot(r, g) for g in graphs), pending.state)


def _build_cond(r: Recorder, original: Any) -> Any:
    def _build_cond(pred: Any, true_graph: Any, false_graph: Any, *args: Any, **kwargs: Any) -> Any:
        return _control_flow(r, original, "if", (true_graph, false_graph), (pred, true_graph, false_graph, *args), kwargs)

    return _build_cond


def _build_while(r: Recorder, original: Any) -> Any:
    def _build_while_op(loop_vars: Any, cond_graph: Any, body_graph: Any, *args: Any, **kwargs: Any) -> Any:
        return _control_flow(r, original, "while", (body_graph, cond_graph), (loop_vars, cond_graph, body_graph, *args), kwargs)

    return _build_while_op


def _vectorized(r: Recorder, original: Any) -> Any:
    """Ops that `jacobian` and `vectorized_map` build by converting others: no callback hears of them."""

    def _create_op(*args: Any, **kwargs: Any) -> Any:
        op = original(*args, **kwargs)
        if r.active:
            with guarded(r):
                attrs = tuple(x for name, value in op.node_def.attr.items() for x in (name, value.SerializeToString()))
                signature = r.signature(op.type, attrs, tuple(symbolic_meta(t) for t in op.outputs))
                ids = [t._id for t in op.inputs], [t._id for t in op.outputs]
                r.add_op(signature, r.site(sys._getframe(1)), graph_number(r, op.graph), *ids)
        return op

    return _create_op


def _record_operation(r: Recorder, original: Any) -> Any:
    def record_operation(op_type: Any, output_tensors: Any, input_tensors: Any, backward_function: Any, *args: Any, **kwargs: Any) -> Any:
        if r.active and r.thread.tapes:
            with guarded(r):
                module = sys._getframe(1).f_globals.get("__name__", "")
                if module.endswith(".custom_gradient"):
                    backward_function = _custom(r, str(op_type), output_tensors, input_tensors, backward_function)
                elif not module.endswith("concrete_function") and op_type not in ("captured_value", "ReadVariableOp"):  # those are ops already
                    _pseudo_op(r, rec.IDENTITY, output_tensors, input_tensors)
        return original(op_type, output_tensors, input_tensors, backward_function, *args, **kwargs)

    return record_operation


def _pseudo_op(r: Recorder, kind: str, outputs: Any, inputs: Any) -> int:
    ins, outs = [t._id for t in inputs], [t._id for t in nest.flatten(outputs)]
    meta = tuple((t.dtype.as_datatype_enum, None) for t in nest.flatten(outputs))
    return r.add_op(r.signature(kind, (), meta), r.site(sys._getframe(3)), current_graph(r), ins, outs)


@part_of(custom_gradient.custom_gradient)
def _custom(r: Recorder, name: str, outputs: Any, inputs: Any, backward: Any) -> Any:
    """Record the custom gradient as an op; the returned backward function notes which gradients it gave.

    The program's function runs as often as without us: where we go back through the tape once more, what it gave stands for it. Where the
    program's own question did not need it, nothing behind it is of interest either.
    """
    op = _pseudo_op(r, rec.CUSTOM, outputs, inputs)
    count = len(inputs)
    returned: list[tuple[bool, ...]] = []
    r.customs[op] = rec.Custom(op, name, definition_of(backward), returned)

    def observed(*grads: Any) -> Any:
        if r.thread.own:
            return r.thread.given.get(op, [None] * count)
        result = backward(*grads)
        with guarded(r):
            if r.thread.depth:
                r.thread.given[op] = result
            flat = nest.flatten(result)
            if len(flat) >= count:
                returned.append(tuple(g is None for g in flat[len(flat) - count :]))
        return result

    return observed


def _user_code(original: Any) -> Any:
    """AutoGraph lists all frames below the user's in the message of an exception ("in user code: ..."): ours are not to be among them."""

    def _stack_trace_inside_mapped_code(tb: Any, *args: Any, **kwargs: Any) -> Any:
        return original([frame for frame in tb if not is_ours(frame[0])], *args, **kwargs)

    return _stack_trace_inside_mapped_code


def _converted(r: Recorder, original: Any) -> Any:
    def _convert_actual(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        with guarded(r):
            module, source_map = getattr(result, "ag_module", None), getattr(result, "ag_source_map", None)
            if module is not None and source_map is not None:
                autograph.register(module.__file__, source_map)
        return result

    return _convert_actual
