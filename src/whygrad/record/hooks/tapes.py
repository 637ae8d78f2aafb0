"""Gradient tapes: enter, exit, pause, watch, and the variables read meanwhile (seen on 2.15 to 2.21)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tensorflow.python.eager import backprop
from tensorflow.python.eager import record as tf_record
from tensorflow.python.eager import tape as tape_module
from tensorflow.python.framework import ops as tf_ops
from tensorflow.python.util import nest

from whygrad import recording as rec
from whygrad.record.hooks import eager_samples
from whygrad.record.hooks.ops import captures_of, graph_number
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.hooks.values import key_of
from whygrad.record.recorder import Recorder


def install(patches: Patches, attach: Callable[[], None]) -> None:
    """Wrap the tape. `attach()` makes sure that ops of this thread are recorded."""
    r = patches.recorder
    tape = backprop.GradientTape
    patches.wrap(tape, "_push_tape", lambda original: _push(r, original, attach))
    patches.wrap(tape, "_pop_tape", lambda original: _pop(r, original))
    patches.wrap(tape, "watch", lambda original: _watch(r, original))
    patches.wrap(tape, "reset", lambda original: _reset(r, original))
    patches.wrap(tape_module, "variable_accessed", lambda original: _accessed(r, original))
    patches.wrap(tf_record, "stop_recording", lambda original: _stop(r, original))


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
        was = self._persistent
        keeps = eager_samples.wants_values(r)
        try:
            self._persistent = was or keeps
            result = original(self)
        finally:
            self._persistent = was
        with guarded(r):
            number = tape_number(r, self)
            if keeps:
                eager_samples.begins(r, self)
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
                if not r.thread.tapes:
                    r.thread.kept = None
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
    def stop_recording() -> _Stopped:
        return _Stopped(r, original())

    return stop_recording


class _Stopped:
    """TensorFlow's own context, and the count of those that this thread is in. A class: optimizers enter dozens in a step."""

    __slots__ = ("inner", "recorder")

    def __init__(self, r: Recorder, inner: Any) -> None:
        self.recorder = r
        self.inner = inner

    def __enter__(self) -> None:
        self.inner.__enter__()
        self._count(1)

    def __exit__(self, *error: object) -> Any:
        self._count(-1)
        return self.inner.__exit__(*error)

    def _count(self, step: int) -> None:
        thread = self.recorder.thread
        thread.stopped += step
        if not thread.quiet:  # else no op is recorded until the state changes again
            self.recorder.state_changed()
