"""Updates without an optimizer: a tape's gradients of variables, and then `variable.assign_sub(rate * gradient)`. Each is told to a monitor.

What a tape answers is kept until one of its variables is assigned to in the same thread and graph; what an optimizer is given meanwhile was not
meant for that. Seen on TensorFlow 2.15 to 2.21, with tf.Variables and with those of Keras 2 and 3.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from whygrad.health.monitor import Monitor, is_measurable, raw

METHODS = ("assign_sub", "assign_add", "assign")
MOST = 4  # answers of tapes that are kept at a time

_waiting = threading.local()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tape gave. `place`: the graph in which it did; None eagerly."""

    gradients: list[Any]
    variables: list[Any]
    place: Any

    def is_of(self, variables: Iterable[int]) -> bool:
        """Whether one of the variables with these ids is among its own."""
        return not {id(raw(v)) for v in self.variables}.isdisjoint(variables)


def answers() -> list[Answer]:
    """Those of this thread that wait, oldest first."""
    if not hasattr(_waiting, "answers"):
        _waiting.answers = []
    return _waiting.answers  # type: ignore[no-any-return]


def forget(variables: Sequence[Any]) -> None:
    """An optimizer takes care of these variables."""
    if answers():
        known = {id(raw(v)) for v in variables}
        answers()[:] = [a for a in answers() if not a.is_of(known)]


class ByHand:
    """Hooks on the tape, and on the class of the variables that it is asked for. `told(...)` is asked whether an optimizer is at work."""

    def __init__(self, monitor: Monitor, is_applying: Callable[[], bool], guarded: Callable[[], Any]) -> None:
        self._monitor, self._is_applying, self._guarded = monitor, is_applying, guarded
        self._replaced: list[tuple[type, str, Any, Any]] = []
        self._wrap(tf.GradientTape, "gradient", self._gradient)

    def close(self) -> None:
        """Put everything back. What somebody has wrapped since stays, and does nothing."""
        while self._replaced:
            owner, name, original, wrapper = self._replaced.pop()
            if vars(owner).get(name) is wrapper:
                setattr(owner, name, original)
        answers().clear()

    def _wrap(self, owner: type, name: str, make: Callable[[Any], Any]) -> None:
        original = vars(owner)[name]
        wrapper = functools.wraps(original)(make(original))
        setattr(owner, name, wrapper)
        self._replaced.append((owner, name, original, wrapper))

    def _gradient(self, original: Any) -> Any:
        def gradient(tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(tape, target, sources, *args, **kwargs)
            if self._replaced and not self._is_applying():
                with self._guarded():
                    self._answered(tf.nest.flatten(sources), tf.nest.flatten(result))
            return result

        return gradient

    def _answered(self, variables: list[Any], gradients: list[Any]) -> None:
        waiting = answers()
        waiting[:] = [a for a in waiting if not a.is_of({id(raw(v)) for v in variables})][-MOST + 1 :]
        owners = {_owner(raw(v)) for v in variables}
        if None in owners or len(variables) != len(gradients) or all(g is None for g in gradients) or not is_measurable():
            return
        for owner in owners:
            if owner is not None and not any(known is owner for known, *_ in self._replaced):
                for name in METHODS:
                    self._wrap(owner, name, self._assigning)
        waiting.append(Answer(gradients, variables, _place()))

    def _assigning(self, original: Any) -> Any:
        def assign(variable: Any, *args: Any, **kwargs: Any) -> Any:
            if self._replaced and answers() and not self._is_applying():
                with self._guarded():
                    self._assigned(variable)
            return original(variable, *args, **kwargs)

        return assign

    def _assigned(self, variable: Any) -> None:
        """The first variable of an answer changes: its figures are noted now, from before the change."""
        found = next((a for a in answers() if a.is_of({id(variable)})), None)
        if found is None:
            return
        answers().remove(found)
        if found.place is _place():
            self._monitor.note(found.gradients, found.variables, ahead=True)


def _place() -> Any:
    return None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()


def _owner(variable: Any) -> type | None:
    """The class that has the methods of a tf.Variable; None for a tensor, and for a variable of several replicas."""
    if not isinstance(variable, tf.Variable):
        return None
    return next((c for c in type(variable).__mro__ if "assign_sub" in vars(c) and c.__module__.endswith("resource_variable_ops")), None)
