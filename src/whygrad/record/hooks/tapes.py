"""Gradient tapes: enter, exit, pause, watch, and every question for gradients with the None mask of its answer (seen on 2.15 to 2.21)."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tensorflow.python.eager import backprop
from tensorflow.python.eager import record as tf_record
from tensorflow.python.eager import tape as tape_module
from tensorflow.python.framework import ops as tf_ops
from tensorflow.python.ops import gradients_impl, gradients_util, script_ops
from tensorflow.python.ops.unconnected_gradients import UnconnectedGradients
from tensorflow.python.util import nest

from whygrad import recording as rec
from whygrad.record.hooks.disguise import part_of
from whygrad.record.hooks.ops import captures_of, graph_number
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.recorder import Recorder


def install(patches: Patches, attach: Callable[[], None], judged: Callable[[rec.GradientCall], None]) -> None:
    """Wrap the tape. `attach()` makes sure that ops of this thread are recorded, `judged(call)` hears of every finished gradient call."""
    r = patches.recorder
    tape = backprop.GradientTape
    patches.wrap(tape, "_push_tape", lambda original: _push(r, original, attach))
    patches.wrap(tape, "_pop_tape", lambda original: _pop(r, original))
    patches.wrap(tape, "watch", lambda original: _watch(r, original))
    patches.wrap(tape, "reset", lambda original: _reset(r, original))
    patches.wrap(tape_module, "variable_accessed", lambda original: _accessed(r, original))
    patches.wrap(tf_record, "stop_recording", lambda original: _stop(r, original))
    for name in ("gradient", "jacobian", "batch_jacobian"):
        patches.wrap(tape, name, functools.partial(_gradient, r, f"tape.{name}", judged))
    patches.wrap(gradients_util, "_GradientsHelper", lambda original: _graph_gradients(r, original, attach, judged))


def tape_number(r: Recorder, tape: Any) -> int | None:
    return r.tape_numbers.get(tape)


def current_graph(r: Recorder) -> int:
    graph = tf_ops.get_default_graph()
    if not hasattr(graph, "captures") and tf_ops.executing_eagerly_outside_functions():
        return rec.EAGER
    number = graph_number(r, graph)
    while hasattr(graph, "captures"):  # its trace is not finished: note what it has so far
        known = r.graphs[graph_number(r, graph)]
        known.captures = captures_of(graph)
        inside = {i for _, i in known.captures}
        known.inputs = tuple(op.outputs[0]._id for op in graph.get_operations() if op.type == "Placeholder" and op.outputs[0]._id not in inside)
        graph = graph.outer_graph
    return number


def _push(r: Recorder, original: Any, attach: Callable[[], None]) -> Any:
    def _push_tape(self: Any) -> Any:
        with guarded(r):
            attach()
        if not r.active:
            return original(self)
        result = original(self)
        with guarded(r):
            number = tape_number(r, self)
            if number is None:
                number = r.tape_numbers[self] = len(r.tapes)
                r.read.clear()  # of states that will not come again
                watches = self._watch_accessed_variables
                r.tapes.append(rec.Tape(r.site(sys._getframe(1)), current_graph(r), r.clock, bool(self._persistent), bool(watches)))
            else:
                tape = r.tapes[number]
                if tape.left is not None:
                    tape.pauses.append((tape.left, r.clock, tape.left_site))
                    tape.left = None
            r.thread.tapes.append(number)
            r.state_changed()
        return result

    return _push_tape


def _pop(r: Recorder, original: Any) -> Any:
    def _pop_tape(self: Any) -> Any:
        result = original(self)
        with guarded(r):
            number = tape_number(r, self)
            if number is not None:
                r.tapes[number].left, r.tapes[number].left_site = r.clock, r.site(sys._getframe(1))
                if number in r.thread.tapes:
                    r.thread.tapes.remove(number)
                r.state_changed()
        return result

    return _pop_tape


def _reset(r: Recorder, original: Any) -> Any:
    def reset(self: Any) -> Any:
        result = original(self)
        with guarded(r):
            number = tape_number(r, self)
            if number is not None:  # what it had recorded and watched is gone
                r.tapes[number].entered = r.clock
                r.read.clear()
                r.tapes[number].pauses.clear()
        return result

    return reset


def _watch(r: Recorder, original: Any) -> Any:
    def watch(self: Any, tensor: Any) -> Any:
        result = original(self, tensor)
        if not r.active:
            return result
        with guarded(r):
            number, site = tape_number(r, self), r.site(sys._getframe(1))
            for t in nest.flatten(tensor, expand_composites=True):
                r.watches.append(rec.Watch(r.clock, key_of(t), None, number, site))
        return result

    return watch


def _accessed(r: Recorder, original: Any) -> Any:
    def variable_accessed(variable: Any) -> Any:
        if r.active and r.thread.tapes:
            with guarded(r):
                if variable.trainable:
                    r.accessed(key_of(variable))
        return original(variable)

    return variable_accessed


def _stop(r: Recorder, original: Any) -> Any:
    @contextlib.contextmanager
    def stop_recording() -> Iterator[None]:
        with original():
            r.thread.stopped += 1
            r.state_changed()
            try:
                yield
            finally:
                r.thread.stopped -= 1
                r.state_changed()

    return stop_recording


def handle_of(value: Any) -> Any:
    """The handle of a variable. None for anything else, and for a distributed variable outside its replicas, which refuses to name one."""
    try:
        return getattr(value, "handle", None)
    except ValueError:
        return None


def key_of(value: Any) -> int:
    """The id that TensorFlow's tape knows this tensor or variable by; -1 for anything else."""
    handle = handle_of(value)
    found = getattr(handle if handle is not None else value, "_id", None)
    if found is None and hasattr(value, "_ref"):
        found = getattr(value._ref(), "_id", None)
    return found if isinstance(found, int) else -1


def describe(value: Any) -> rec.Source:
    """What one source is, in plain data."""
    type_name = f"{type(value).__module__}.{type(value).__qualname__}"
    if value is None:
        return rec.Source("none", None, None, None, None, "None")
    key = key_of(value)
    if key < 0:
        kind: rec.SourceKind = (
            "array" if isinstance(value, np.ndarray) else "number" if isinstance(value, (int, float, complex, np.generic)) else "other"
        )
        shape = tuple(value.shape) if isinstance(value, (np.ndarray, np.generic)) else None
        return rec.Source(kind, None, None, str(getattr(value, "dtype", "")) or None, shape, type_name)
    is_variable = hasattr(value, "assign") or handle_of(value) is not None
    name = getattr(value, "path", None) or _name(value)
    trainable = bool(getattr(value, "trainable", True)) if is_variable else None
    return rec.Source("variable" if is_variable else "tensor", key, name, dtype_text(value.dtype), _shape(value), type_name, trainable)


def dtype_text(dtype: Any) -> str:
    base = getattr(dtype, "base_dtype", dtype)
    return str(getattr(base, "name", base))


def _name(value: Any) -> str | None:
    try:
        name: str = value.name
        return name.split(":", maxsplit=1)[0]
    except (AttributeError, ValueError, NotImplementedError):  # eager tensors have no name
        return None


def _shape(value: Any) -> rec.Shape | None:
    shape = getattr(value, "shape", None)
    try:
        return None if shape is None else tuple(None if d is None else int(d) for d in shape)
    except (TypeError, ValueError):
        return None


def targets_of(target: Any) -> tuple[tuple[int, ...], str, tuple[str, ...]]:
    """Ids, kind and dtypes of the target of a gradient call."""
    flat = [] if target is None else nest.flatten(target, expand_composites=True)
    keys = tuple(k for k in map(key_of, flat) if k >= 0)
    kind = "none" if target is None else "empty" if not flat else "tensor" if len(keys) == len(flat) else describe(flat[0]).kind
    return keys, kind, tuple(dtype_text(t.dtype) for t in flat if hasattr(t, "dtype"))


def _begin(r: Recorder, api: str, tape: int | None, target: Any, sources: Any, frame: Any, zero: bool) -> rec.GradientCall:
    keys, kind, dtypes = targets_of(target)
    flat = named([describe(s) for s in nest.flatten(sources)], sources)
    api = rec.PY_FUNCTION if frame.f_code.co_filename == script_ops.__file__ else api
    return rec.GradientCall(api, r.clock, r.site(frame), current_graph(r), tape, keys, kind, dtypes, flat, zero_on_purpose=zero)


def named(flat: list[rec.Source], sources: Any) -> tuple[rec.Source, ...]:
    """Tensors have no names of their own: say where they lie in the structure they were asked for in, as in `[0]['kernel']`."""
    if any(s.name is None for s in flat):
        paths = [path for path, _ in nest.flatten_with_tuple_paths(sources)]
        places = ["".join(f"[{step!r}]" for step in path) for path in paths]
        flat = [s if s.name is not None or not place else dataclasses.replace(s, name=place) for s, place in zip(flat, places, strict=True)]
    return tuple(flat)


def none_mask(result: Any, count: int) -> tuple[bool, ...] | None:
    """Which of the `count` gradients are None. None when the answer has another shape than the question."""
    flat = [None] * count if result is None else nest.flatten(result)
    return tuple(g is None for g in flat) if len(flat) == count else None


def asks_for_zeros(argument: Any) -> bool:
    """Whether this argument is `unconnected_gradients=ZERO`. A tensor among the others must not be compared with anything: that would run an op."""
    return argument is UnconnectedGradients.ZERO or (isinstance(argument, str) and argument == "zero")


def _gradient(r: Recorder, api: str, judged: Callable[[rec.GradientCall], None], original: Any) -> Any:
    def gradient(self: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        if r.thread.depth:
            return original(self, target, sources, *args, **kwargs)
        if not r.active or tape_number(r, self) is None:
            result = original(self, target, sources, *args, **kwargs)
            with guarded(r):
                r.unwatched(result)
            return result
        call = None
        with guarded(r):
            zero = any(map(asks_for_zeros, (*args, kwargs.get("unconnected_gradients"))))
            call = _begin(r, api, tape_number(r, self), target, sources, sys._getframe(1), zero)
        return _answered(r, call, judged, lambda: original(self, target, sources, *args, **kwargs))

    return gradient


@part_of(backprop.GradientTape.gradient)
def _answered(r: Recorder, call: rec.GradientCall | None, judged: Callable[[rec.GradientCall], None], ask: Callable[[], Any]) -> Any:
    """Ask TensorFlow, note the answer or the error."""
    r.thread.depth += 1
    r.state_changed()
    try:
        result = ask()
    except BaseException as error:
        if call is not None:
            call.error = f"{type(error).__name__}: {error}"
            r.calls.append(call)
        raise
    finally:
        r.thread.depth -= 1
        r.state_changed()
    with guarded(r):
        if call is not None:
            call.missing = none_mask(result, len(call.sources))
            r.calls.append(call)
            judged(call)
    return result


def _graph_gradients(r: Recorder, original: Any, attach: Callable[[], None], judged: Callable[[rec.GradientCall], None]) -> Any:
    caller = gradients_impl.__file__

    def _GradientsHelper(ys: Any, xs: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802
        if r.thread.depth or not r.active or sys._getframe(1).f_code.co_filename != caller:
            return original(ys, xs, *args, **kwargs)
        call = None
        with guarded(r):
            zero = asks_for_zeros(kwargs.get("unconnected_gradients", args[-1] if args else None))
            call = _begin(r, "tf.gradients", None, ys, xs, sys._getframe(1), zero)
        return _answered(r, call, judged, lambda: original(ys, xs, *args, **kwargs))

    return _GradientsHelper
