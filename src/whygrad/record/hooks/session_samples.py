"""Gradients of compat.v1 graphs: before `Session.run` does its work, the gradients it may use are computed from a copy of the graph.

The copy gets what is fed and the values of the variables, so that nothing in the program's session changes. The variables are read once more
when the session is closed, or the recording ends before that (seen on 2.15 to 2.21).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from tensorflow.python.client import session
from tensorflow.python.framework import errors

from whygrad.record.hooks import replay
from whygrad.record.hooks.graph_samples import LOOKS_IF_BAD, look
from whygrad.record.hooks.patching import Patches, guarded, unseen
from whygrad.record.hooks.session_values import SessionValues
from whygrad.record.recorder import Recorder
from whygrad.samples import Sample


def install(patches: Patches, sampled: Callable[[Sample], None]) -> None:
    """Wrap `Session.run`; `sampled(sample)` hears of the gradients of each run that was looked at."""
    r = patches.recorder
    values = SessionValues(r, session.BaseSession.run)
    patches.wrap(session.BaseSession, "run", lambda original: _run(r, original, values, sampled))
    patches.wrap(session.BaseSession, "close", lambda original: _close(r, original, values))
    before = r.look_back

    def look_back() -> None:
        before()
        values.look_back()

    r.look_back = look_back


def _close(r: Recorder, original: Any, values: SessionValues) -> Any:
    def close(self: Any) -> None:
        with guarded(r):
            values.closing(self)
        original(self)

    return close


def _run(r: Recorder, original: Any, values: SessionValues, sampled: Callable[[Sample], None]) -> Any:
    looks: dict[int, int] = {}

    def run(self: Any, fetches: Any, feed_dict: Any = None, *args: Any, **kwargs: Any) -> Any:
        if r.active:
            with guarded(r):
                number = r.graph_numbers.get(self.graph)
                if number is not None and looks.get(number, 0) < LOOKS_IF_BAD:
                    samples = _samples(r, self, values, number, feed_dict or {})
                    looks[number] = looks.get(number, 0) + bool(samples)
                    for sample in samples:
                        sampled(sample)
        return original(self, fetches, feed_dict, *args, **kwargs)

    return run


def _samples(r: Recorder, run_by: Any, values: SessionValues, number: int, feed_dict: Mapping[Any, Any]) -> list[Sample]:
    calls = [i for i, call in enumerate(r.calls) if call.graph == number and call.target_kind == "tensor" and any(a >= 0 for a in call.answers)]
    if not calls:
        return []
    graph = run_by.graph
    with unseen(r):
        try:
            feeds = {tensor.name: np.asarray(value, tensor.dtype.base_dtype.as_numpy_dtype) for tensor, value in _tensors(graph, feed_dict)}
            with values.looked_at(run_by) as read:
                return look(r, graph, calls, {**feeds, **read})
        except (replay.CannotReplay, errors.OpError, TypeError, ValueError, KeyError, RuntimeError):
            return []  # not initialised yet, or something is not fed: this run computes something else


def _tensors(graph: Any, feed_dict: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    return [(graph.as_graph_element(key, allow_operation=False), value) for key, value in feed_dict.items()]
