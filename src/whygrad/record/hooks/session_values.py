"""Values of variables that only a session has: read when its gradients are first looked at, and when it is closed or the recording is finished.

Nothing but the variables is read, and only by the session that was looked at: another one of the same graph has other values (seen on 2.15 to 2.21).
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from tensorflow.python.framework import errors, op_def_registry

from whygrad.record.hooks import first_values
from whygrad.record.hooks.patching import guarded, unseen
from whygrad.record.recorder import Recorder

REFERENCES = frozenset({"VariableV2", "Variable"})
READS = frozenset({"ReadVariableOp"})
PLAIN = REFERENCES | READS | {"VarHandleOp"}  # stateful, and without effect
CONTROL = frozenset({"Switch", "RefSwitch", "Merge", "RefMerge", "Enter", "RefEnter", "Exit", "NextIteration", "LoopCond"})
Run = Callable[[Any, Sequence[Any]], Sequence[Any]]  # Session.run as TensorFlow has it


class SessionValues:
    """Of one Recorder."""

    def __init__(self, recorder: Recorder, run: Run) -> None:
        self.recorder = recorder
        self.run = run
        self.read: WeakKeyDictionary[Any, dict[int, Any]] = WeakKeyDictionary()  # for each session, tensors by the key of their variable

    @contextmanager
    def looked_at(self, session: Any) -> Iterator[Mapping[str, Any]]:
        """The values by the names of their tensors. If all goes well inside, training begins with them."""
        r = self.recorder
        tensors = readable(session.graph)
        values = self.run(session, tensors)
        by_key = {variable_of(t): t for t in tensors}
        fresh = by_key.keys() - r.values.in_sessions
        with first_values.held(r, dict(zip(map(variable_of, tensors), values, strict=True))):
            yield dict(zip((t.name for t in tensors), values, strict=True))
        self.read.setdefault(session, {}).update({key: by_key[key] for key in fresh & r.values.in_sessions})

    def closing(self, session: Any) -> None:
        """The last chance to see what its values have become. Not while a failure or the garbage collector closes it."""
        caller = sys._getframe(1).f_back  # of `close`; an InteractiveSession has one of its own around it
        above = caller.f_back if caller is not None else None
        is_collected = any(f is not None and f.f_code.co_name == "__del__" for f in (caller, above))
        if not is_collected and threading.current_thread().name != "SessionCloseThread":
            self._look_back(session)
        self.read.pop(session, None)

    def look_back(self) -> None:
        """The same for sessions that are still open."""
        for session in list(self.read):
            self._look_back(session)

    def _look_back(self, session: Any) -> None:
        tensors = self.read.get(session)
        if not tensors or session._closed:
            return
        with guarded(self.recorder), unseen(self.recorder):
            try:
                values = self.run(session, list(tensors.values()))
            except (errors.OpError, RuntimeError, TypeError, ValueError):
                return
            for key, value in zip(tensors, values, strict=True):
                first_values.became(self.recorder, key, value)


def variable_of(tensor: Any) -> int:
    """The key of the variable that this tensor is read from."""
    key: int = (tensor.op.inputs[0] if tensor.op.type in READS else tensor)._id
    return key


def readable(graph: Any) -> list[Any]:
    """The values of variables that can be read without anything else being done: a read may have to wait for an assignment, which it would cause."""
    reads = [op for op in graph.get_operations() if op.type in REFERENCES | READS]
    return [op.outputs[0] for op in reads if graph.is_fetchable(op) and _only_reads(op)]


def _only_reads(op: Any) -> bool:
    queue, seen = [op], {op}
    while queue:
        op = queue.pop()
        if not _is_without_effect(op.type):
            return False
        before = {t.op for t in op.inputs} | set(op.control_inputs)
        queue += before - seen
        seen |= before
    return True


@functools.cache
def _is_without_effect(kind: str) -> bool:
    if kind in PLAIN:
        return True
    known = op_def_registry.get(kind)
    if known is None or kind in CONTROL or kind.startswith("Placeholder"):
        return False
    return not (known.is_stateful or any(given.is_ref for given in known.input_arg))
