"""Gradients of compat.v1 graphs: before `Session.run` does its work, the gradients it may use are computed from a copy of the graph.

The copy gets what is fed and the values of the variables, so that nothing in the program's session changes (seen on 2.15 to 2.21).
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
from whygrad.record.recorder import Recorder
from whygrad.samples import Sample

REFERENCES = frozenset({"VariableV2", "Variable"})
READS = frozenset({"ReadVariableOp"})
PLAIN = REFERENCES | READS | {"VarHandleOp"}  # stateful, and without effect
CONTROL = frozenset({"Switch", "RefSwitch", "Merge", "RefMerge", "Enter", "RefEnter", "Exit", "NextIteration", "LoopCond"})


def install(patches: Patches, sampled: Callable[[Sample], None]) -> None:
    """Wrap `Session.run`; `sampled(sample)` hears of the gradients of each run that was looked at."""
    r = patches.recorder
    patches.wrap(session.BaseSession, "run", lambda original: _run(r, original, sampled))


def _run(r: Recorder, original: Any, sampled: Callable[[Sample], None]) -> Any:
    looks: dict[int, int] = {}

    def run(self: Any, fetches: Any, feed_dict: Any = None, *args: Any, **kwargs: Any) -> Any:
        if r.active:
            with guarded(r):
                number = r.graph_numbers.get(self.graph)
                if number is not None and looks.get(number, 0) < LOOKS_IF_BAD:
                    samples = _samples(r, lambda wanted: original(self, wanted), self.graph, number, feed_dict or {})
                    looks[number] = looks.get(number, 0) + bool(samples)
                    for sample in samples:
                        sampled(sample)
        return original(self, fetches, feed_dict, *args, **kwargs)

    return run


def _samples(r: Recorder, read: Callable[[Any], Any], graph: Any, number: int, feed_dict: Mapping[Any, Any]) -> list[Sample]:
    calls = [i for i, call in enumerate(r.calls) if call.graph == number and call.target_kind == "tensor" and any(a >= 0 for a in call.answers)]
    if not calls:
        return []
    with unseen(r):
        try:
            feeds = {tensor.name: np.asarray(value, tensor.dtype.base_dtype.as_numpy_dtype) for tensor, value in _tensors(graph, feed_dict)}
            variables = _readable(graph)
            feeds |= zip((t.name for t in variables), read(variables), strict=True)
            return look(r, graph, calls, feeds)
        except (replay.CannotReplay, errors.OpError, TypeError, ValueError, KeyError, RuntimeError):
            return []  # not initialised yet, or something is not fed: this run computes something else


def _readable(graph: Any) -> list[Any]:
    """The values of variables that can be read without anything else being done: a read may have to wait for an assignment, which it would cause."""
    known: dict[Any, bool] = {}
    for op in graph.get_operations():  # those an operation depends on were made before it, but in loops
        before = [t.op for t in op.inputs] + list(op.control_inputs)
        known[op] = _is_without_effect(op) and all(known.get(other, False) for other in before)
    return [op.outputs[0] for op, readable in known.items() if readable and op.type in REFERENCES | READS and graph.is_fetchable(op)]


def _is_without_effect(op: Any) -> bool:
    if op.type in CONTROL or op.type.startswith("Placeholder"):
        return False
    return op.type in PLAIN or not (op.op_def.is_stateful or any(given.is_ref for given in op.op_def.input_arg))


def _tensors(graph: Any, feed_dict: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    return [(graph.as_graph_element(key, allow_operation=False), value) for key, value in feed_dict.items()]
