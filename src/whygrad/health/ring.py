"""The figures of the last steps of some variables, kept where the training runs: written inside the graph, read by the host in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import tensorflow as tf

from whygrad.health.figures import of_gradients, of_weights
from whygrad.health.history import COLUMNS

CAPACITY = 256
SAMPLE = 2048  # elements of a gradient, for a histogram
_NAN = float("nan")


class Ring:
    """A preallocated float32 [capacity, variables, figures] and a counter of steps; the oldest rows are overwritten.

    `weights`: the tf.Variables. `every`: note the figures of every so many steps. `ratio_every`: measure the change of the weights at every so
    many of these; a copy of the weights is kept for it, made only where it is wanted. 0: never, and no copy. `samples`: keep some elements of
    the newest gradients, for histograms.
    """

    def __init__(self, weights: Sequence[Any], every: int = 1, ratio_every: int = 10, samples: bool = False, capacity: int = CAPACITY) -> None:
        self.every, self.capacity, self._weights = every, capacity, tuple(weights)
        self._ratio_every = every * ratio_every
        self._read = 0  # rows taken by the host so far
        self._make(capacity, ratio_every, samples)

    def _make(self, capacity: int, ratio_every: int, samples: bool) -> None:
        """In a thread of its own: there no graph is being traced, and no strategy would make mirrored variables of ours."""
        with ThreadPoolExecutor(1) as fresh:
            fresh.submit(self._make_here, capacity, ratio_every, samples).result()

    def _make_here(self, capacity: int, ratio_every: int, samples: bool) -> None:
        self._rows = _variable(tf.zeros([capacity, len(self._weights), len(COLUMNS)]))
        self._step = _variable(tf.zeros([], tf.int64))
        self._old = [_variable(tf.fill(w.shape, tf.constant(_NAN, w.dtype))) for w in self._weights] if ratio_every else []
        self._samples = [_variable(tf.zeros([min(w.shape.num_elements() or 0, SAMPLE)])) for w in self._weights] if samples else []

    def before(self) -> None:
        """To be called in each step before the weights change."""
        self._remember(0)

    def write(self, gradients: Sequence[Any], scale: Any = None, skips: bool = False, ahead: bool = False) -> None:
        """Count a step and note its row; after the weights have changed. For the arguments see `of_gradients`.

        `ahead`: nobody calls `before`; the change is then the one since the last call.
        """
        step = self._step.read_value()

        def note() -> None:
            self._put(step, tf.concat([of_gradients(gradients, scale, skips), self._changes(step)], axis=1))
            self._sample(gradients)

        _where(step, self.every, note)
        if ahead:
            self._remember(self._ratio_every - 1)
        self._step.assign(step + 1, read_value=False)

    def _remember(self, phase: int) -> None:
        if self._old:
            step = self._step.read_value()
            _where(step - phase, self._ratio_every, lambda: [o.assign(w.read_value(), read_value=False) for o, w in zip(self._old, self._weights)])

    def _changes(self, step: Any) -> Any:
        unknown = tf.fill([len(self._weights), 2], _NAN)
        if not self._old:
            return unknown
        return self._measured() if self._ratio_every == 1 else tf.cond(tf.equal(step % self._ratio_every, 0), self._measured, lambda: unknown)

    def _measured(self) -> Any:
        return of_weights([o.read_value() for o in self._old], [w.read_value() for w in self._weights])

    def _put(self, step: Any, row: Any) -> None:
        slot = tf.cast((step // self.every) % self.capacity, tf.int32)
        self._rows.scatter_nd_update([[slot]], row[tf.newaxis])

    def _sample(self, gradients: Sequence[Any]) -> None:
        for kept, gradient in zip(self._samples, gradients):
            if gradient is not None and not isinstance(gradient, tf.IndexedSlices):
                flat = tf.reshape(gradient, [-1])
                step = max(gradient.shape.num_elements() // max(kept.shape[0], 1), 1)
                kept.assign(tf.cast(flat[::step][: kept.shape[0]], tf.float32), read_value=False)

    def samples(self) -> list[Any]:
        """For each variable elements of its newest gradient, evenly spaced: float32 arrays; zeros for IndexedSlices. Empty: not kept."""
        return [s.numpy() for s in self._samples]

    def unread(self, margin: int = 0) -> Iterator[tuple[int, list[list[float]]]]:
        """The rows since the last call: (step, [variables, figures]). Those overwritten meanwhile are lost.

        `margin`: leave out so many of the oldest, where training goes on while this reads and may overwrite them.
        """
        written = -(-int(self._step.numpy()) // self.every)
        if written <= self._read:
            return
        rows = self._rows.numpy()
        first, self._read = max(self._read, written - self.capacity + margin), written
        for number in range(first, written):
            yield number * self.every, rows[number % self.capacity].tolist()


def _variable(value: Any) -> Any:
    return tf.Variable(value, trainable=False, name="whygrad")


def _where(step: Any, every: int, action: Callable[[], Any]) -> None:
    """Do it at every so many steps."""
    if every == 1:
        action()
        return

    def act() -> Any:
        action()
        return tf.constant(0)

    tf.cond(tf.equal(step % every, 0), act, lambda: tf.constant(0))
