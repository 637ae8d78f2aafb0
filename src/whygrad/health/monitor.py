"""Gradients of a training come in, step by step; a history, a table, files and diagnoses go out.

The figures are computed inside the graph and wait there in a ring; the host fetches them now and then, many steps at once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from whygrad.health.history import LIMIT, Batch, History, Series
from whygrad.health.json_lines import JsonLines
from whygrad.health.judging import judge
from whygrad.health.naming import names_of
from whygrad.health.ring import CAPACITY, Ring
from whygrad.health.settings import Settings
from whygrad.health.table import summary
from whygrad.health.tensorboard import EventFiles
from whygrad.model import Diagnosis

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(slots=True)
class _Together:
    """Variables that are updated by the same calls."""

    variables: tuple[Any, ...]
    ring: Ring
    batch: Batch
    before: Any
    write: Any


class Monitor:
    """The health of the gradients of some variables; also a context manager, which closes the files at its end.

    `variables`: in the order of the network; None: each call of `update` names its own. `settings`: see Settings.
    """

    def __init__(self, variables: Iterable[Any] | None = None, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._variables = None if variables is None else list(variables)
        self._groups: dict[tuple[int, ...], _Together] = {}
        self._names: Counter[str] = Counter()
        self._history = History(LIMIT)
        self._files = None if self.settings.jsonl is None else JsonLines(self.settings.jsonl)
        self._events = None if self.settings.log_dir is None else EventFiles(str(self.settings.log_dir))
        self._lock, self._calls = threading.RLock(), 0

    def update(self, gradients: Iterable[Any], variables: Iterable[Any] | None = None) -> None:
        """Note the gradients of one step: tensors, IndexedSlices or None. Call it once a step, in eager code, a `tf.function` or a replica's step.

        The change of the weights is measured from call to call. Raises ValueError where gradients and variables do not match.
        """
        given, known = list(gradients), self._variables if variables is None else list(variables)
        if known is None:
            raise ValueError("update() needs the variables: they were not given to whygrad.health(...) either")
        if len(given) != len(known):
            raise ValueError(f"{len(given)} gradients for {len(known)} variables")
        self.note(given, known, ahead=True)

    def prepare(self, variables: Sequence[Any]) -> None:
        """Before the weights change: remember them, where this step is to be measured."""
        group = self._group(variables, ())
        if _is_first_replica():
            group.before() if tf.executing_eagerly() else group.ring.before()

    def note(
        self, gradients: Sequence[Any], variables: Sequence[Any], *, scale: Any = None, skips: bool = False, summed: bool = False, **more: Any
    ) -> None:
        """After the weights have changed: the figures of this step. `summed`: the gradients are those of all replicas already. See `Ring.write`."""
        group = self._group(variables, gradients)
        aggregated = list(gradients) if summed else _of_all_replicas(gradients)
        if not _is_first_replica():
            return
        if not tf.executing_eagerly():
            group.ring.write(aggregated, scale, skips, **more)
            return
        group.write(aggregated, scale, skips, **more)
        self._calls += 1
        if self._calls % (self.settings.every * CAPACITY // 2) == 0:
            self.fetch()

    def _group(self, variables: Sequence[Any], gradients: Sequence[Any]) -> _Together:
        own = tuple(raw(v) for v in variables)
        key = tuple(map(id, own))
        with self._lock:
            if key not in self._groups:
                self._groups[key] = self._open(variables, own)
            group = self._groups[key]
        for series, gradient in zip(group.batch.series, gradients):
            series.sparse = series.sparse or isinstance(gradient, tf.IndexedSlices)
        return group

    def _open(self, variables: Sequence[Any], own: tuple[Any, ...]) -> _Together:
        s = self.settings
        ring = Ring(own, s.every, s.ratio_every, s.histograms)
        series = [Series(self._unique(name), tuple(v.shape)) for name, v in zip(names_of(variables), own)]
        eager = [tf.function(f, autograph=False, reduce_retracing=True) for f in (ring.before, ring.write)]
        return _Together(own, ring, self._history.open(series), *eager)

    def _unique(self, name: str) -> str:
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name}#{self._names[name]}"

    def fetch(self, margin: int = 0) -> None:
        """Bring the figures of the last steps to the host, and into the files. For `margin` see `Ring.unread`."""
        with self._lock:
            for group in tuple(self._groups.values()):
                self._fetch(group, margin)
            if self._files is not None:
                self._files.flush()

    def _fetch(self, group: _Together, margin: int) -> None:
        step = -1
        for step, rows in group.ring.unread(margin):
            kept = self._history.add(group.batch, step, rows)
            points = {s.name: s.last for s in group.batch.series if s.last is not None}
            if self._files is not None and kept != "counted":
                self._files.add(step, points) if kept == "kept" else self._files.rewrite(self._history)
            if self._events is not None and kept != "counted":
                self._events.add(step, points)
        if step >= 0 and self._events is not None and self.settings.histograms:
            self._events.histograms(step, {s.name: v for s, v in zip(group.batch.series, group.ring.samples()) if not s.sparse})

    @property
    def history(self) -> History:
        """What was noted so far."""
        self.fetch()
        return self._history

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """What is wrong so far, most important first."""
        return judge(self.history)

    def summary(self, width: int = 80, color: bool = False, encoding: str = "utf-8") -> str:
        """A table, one line for each variable, and the diagnoses below it."""
        return summary(self.history, self.diagnoses, width=width, color=color, encoding=encoding)

    def close(self) -> None:
        """Fetch the last figures, write the diagnoses, close the files. A closed monitor can still be asked."""
        self.fetch()
        if self._events is not None:
            self._events.diagnoses(self._history.steps, self.diagnoses)
            self._events.close()
            self._events = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_measurable() -> bool:
    """Eagerly, and in a function that is called eagerly, of one replica or many; not in graphs for sessions."""
    return bool(tf.compat.v1.executing_eagerly_outside_functions())


def raw(variable: Any) -> Any:
    """The tf.Variable of a Keras 3 variable; others are their own."""
    inner = getattr(variable, "value", None)
    return variable if inner is None or callable(inner) else inner


def _of_all_replicas(gradients: Sequence[Any]) -> list[Any]:
    """What the optimizer will apply: the sum over the replicas."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return list(gradients)
    there = [g for g in gradients if g is not None]
    summed = iter(context.all_reduce(tf.distribute.ReduceOp.SUM, there) if there else ())
    return [None if g is None else next(summed) for g in gradients]


def _is_first_replica() -> bool:
    """All replicas have the same figures: one of them writes."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return True
    number = tf.get_static_value(context.replica_id_in_sync_group)
    return number is None or int(number) == 0


def value_now(variable: Any) -> Any:
    """The value of a variable of Keras or TensorFlow, as a tensor that later assignments do not change."""
    return tf.identity(raw(variable))
