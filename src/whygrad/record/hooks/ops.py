"""The op callback: TensorFlow calls it for every op, eager and while a graph is built (seen on 2.15 to 2.21)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from operator import attrgetter
from types import FrameType
from typing import Any

from tensorflow.python.eager import context
from tensorflow.python.framework import op_callbacks
from tensorflow.python.framework import ops as tf_ops

from whygrad import recording as rec
from whygrad.record.hooks.eager_samples import keep
from whygrad.record.hooks.handwritten import registered
from whygrad.record.recorder import Recorder

CALL_OPS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
IF_OPS = frozenset({"If", "StatelessIf", "Case", "StatelessCase"})
WHILE_OPS = frozenset({"While", "StatelessWhile"})


def graph_number(recorder: Recorder, graph: Any) -> int:
    """Our number of a `tf.Graph`; a new one is entered with its outer graph and the tensors its tf.function was called with."""
    number = recorder.graph_numbers.get(graph)
    if number is not None:
        return number
    outer_graph = getattr(graph, "outer_graph", None)
    is_function = hasattr(graph, "captures")
    outer = graph_number(recorder, outer_graph) if is_function and outer_graph is not None and hasattr(outer_graph, "captures") else rec.EAGER
    number = len(recorder.graphs)
    arguments = recorder.thread.arguments[-1] if is_function and recorder.thread.arguments else ()
    recorder.graphs.append(rec.Graph(getattr(graph, "name", "graph"), outer, recorder.clock, arguments, is_function=is_function))
    recorder.graph_numbers[graph] = number
    return number


def captures_of(graph: Any) -> tuple[tuple[int, int], ...]:
    """(id outside, id inside) of everything a function graph takes from around it."""
    return tuple((outside._id, inside._id) for outside, inside in graph.captures if hasattr(outside, "_id"))


def symbolic_meta(t: Any) -> rec.OutputMeta:
    shape = t.shape
    dims = None if shape.rank is None else tuple(shape.as_list())
    return (t.dtype.as_datatype_enum % 100, dims)


def plain_attrs(attrs: tuple[Any, ...] | None) -> tuple[object, ...]:
    """Attributes of a graph op are protocol buffers: their bytes can be compared and kept."""
    if not attrs:
        return ()
    return tuple(a.SerializeToString() if hasattr(a, "SerializeToString") else a for a in attrs)


def in_graph(recorder: Recorder, graph: Any, op_type: str, attrs: Any, outputs: Any) -> tuple[int, Any, tuple[object, ...], tuple[str, Any] | None]:
    """Of an op that is put into a graph: its graph, its outputs, its attributes, and the program's own gradient that was chosen for it."""
    chosen = bool(outputs) and op_type in getattr(graph, "_gradient_override_map", ())
    meta = tuple([symbolic_meta(t) for t in outputs]) if outputs else ()
    return graph_number(recorder, graph), meta, plain_attrs(attrs), registered(outputs[0].op) if chosen else None


def handed_on(outputs: Any, graph: Any) -> list[Any] | None:
    """What the op callback returns. While a graph is built TensorFlow gives a second callback (`enable_check_numerics`) what the first returned."""
    return list(outputs) if graph is not None and outputs is not None and len(context.context().op_callbacks) > 1 else None


def make_callback(recorder: Recorder) -> Callable[..., list[Any] | None]:
    """The function that TensorFlow calls for each op: as little work as can be done."""
    threads, signature_ids, id_of = recorder.threads, recorder.signatures, attrgetter("_id")
    frame_of, site_of, append, lock = sys._getframe, recorder.site_in, recorder.ops.append, recorder.lock

    def on_op(op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None) -> list[Any] | None:
        thread = threads.own
        if not recorder.on or thread.own:
            return handed_on(outputs, graph)
        if thread.quiet and graph is None and outputs:  # what TensorFlow computes for itself; writes, which have no outputs, change variables
            recorder.newest = outputs[-1]._id
            return None
        try:
            if type(op_type) is bytes:
                op_type = op_type.decode()
            custom = None
            if graph is None:
                number = rec.EAGER
                if outputs and len(outputs) == 1:  # as nearly always
                    made = outputs[0]
                    meta: Any = ((made._datatype_enum(), made._shape_tuple()),)
                else:
                    meta = tuple([(t._datatype_enum(), t._shape_tuple()) for t in outputs]) if outputs else ()
            else:
                number, meta, attrs, custom = in_graph(recorder, graph, op_type, attrs, outputs)
                op_type = op_type if custom is None else rec.CUSTOM
            try:
                signature = signature_ids[op_type, attrs, meta]
            except (KeyError, TypeError):
                signature = recorder.signature(op_type, attrs or (), meta)
            ids = list(map(id_of, inputs))
            site = site_of(thread, frame_of(1))
            if graph is None and ids and max(ids) > recorder.newest:
                note_conversions(recorder, frame_of(1), inputs, ids, site)
            given = len(ids)
            if outputs:
                ids += map(id_of, outputs)
                if graph is None:
                    recorder.newest = ids[-1]
            kept = thread.kept
            if kept is not None and graph is None:
                keep(kept, ids, inputs, outputs)
            with lock:
                op = append([signature, site, thread.state, number, given, len(ids) - given], ids)
            if thread.pending:
                note_call(recorder, op, op_type)
            if custom is not None:
                recorder.customs[op] = rec.Custom(op, *custom, [])
        except Exception as error:
            recorder.failed(error)
            if os.environ.get("WHYGRAD_STRICT") == "1":
                raise
        return None if graph is None else handed_on(outputs, graph)

    return on_op


def _eager_meta(t: Any) -> rec.OutputMeta:
    return (t._datatype_enum(), t._shape_tuple())


def note_conversions(recorder: Recorder, frame: FrameType, inputs: Any, ids: list[int], site: int) -> None:
    """Inputs that appeared in this very op: TensorFlow's C++ layer read a variable or converted a Python value, and no op or hook showed it.

    What they were stands in the arguments of the generated Python function of the op, in the same order.
    """
    fresh = [(i, t) for i, t in sorted(zip(ids, inputs), key=lambda pair: pair[0]) if i > recorder.newest]
    code = frame.f_code
    values = frame.f_locals
    given = [v for name in code.co_varnames[: code.co_argcount] for v in _flat(values.get(name))]
    raw = [v for v in given if not hasattr(type(v), "_id")]
    variables = [v for v in raw if hasattr(type(v), "handle")]
    if len(variables) == len(fresh):
        raw = variables
    for (i, t), value in zip(fresh, raw):
        handle = value.handle if hasattr(type(value), "handle") else None
        if handle is not None and hasattr(handle, "_id"):
            signature = recorder.signature("ReadVariableOp", ("dtype", t._datatype_enum()), (_eager_meta(t),))
            recorder.add_op(signature, site, rec.EAGER, [handle._id], [i])
            if recorder.thread.tapes and value.trainable:
                recorder.watches.append(rec.Watch(recorder.clock - 1, handle._id, recorder.thread.state, None))
        else:
            kind = type(value)
            recorder.events.append(rec.Event("enter", recorder.clock, site, i, text=f"{kind.__module__}.{kind.__qualname__}"))


def _flat(value: Any) -> list[Any]:
    return [v for item in value for v in _flat(item)] if isinstance(value, (list, tuple)) else [value]


def note_call(recorder: Recorder, op: int, op_type: str) -> None:
    """The op just recorded is the one that runs the function, If or While announced by a wrapper further out."""
    pending = recorder.thread.pending[-1]
    if pending.op is not None:
        return
    kind = "if" if op_type in IF_OPS else "while" if op_type in WHILE_OPS else "function" if op_type in CALL_OPS or op_type.startswith("__") else ""
    if kind == pending.kind:
        pending.op = op


class Callback:
    """The callback in the threads where it is on."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.callback = make_callback(recorder)
        recorder.mute = self.mute

    def mute(self, muted: bool) -> None:
        """While TensorFlow computes gradients eagerly, which are hundreds of ops, nothing is to be heard of them."""
        if not self.recorder.thread.attached:
            return
        listening = self.callback in context.context().op_callbacks
        if muted and listening:
            op_callbacks.remove_op_callback(self.callback)
        elif not muted and not listening:
            self.recorder.newest = tf_ops.uid()  # newer than all that was made meanwhile
            op_callbacks.add_op_callback(self.callback)

    def attach(self) -> None:
        """Switch recording on in this thread (callbacks are per thread in TensorFlow)."""
        if not self.recorder.thread.attached:
            op_callbacks.add_op_callback(self.callback)
            self.recorder.thread.attached = True

    def detach(self) -> None:
        """Switch recording off in this thread; in others the callback does nothing from now on."""
        if self.recorder.thread.attached:
            self.recorder.thread.attached = False
            if self.callback in context.context().op_callbacks:
                op_callbacks.remove_op_callback(self.callback)
