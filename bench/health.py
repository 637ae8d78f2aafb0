"""What `GradientHealth` costs a step of `fit`, beside the TensorBoard callback with histograms and a callback as one writes it by hand."""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow as tf
from _measure import Samples, machine_speed

from whygrad.health import GradientHealth

Data = tuple[Any, Any]
Problem = Callable[[bool], tuple[Any, Data, int]]  # XLA? -> model, data, rows of a batch
BUDGETS = {"tiny": 1.2, "cnn": 1.03}
WARM = 20  # steps that trace, compile and fill caches


def tiny(jit: bool) -> tuple[Any, Data, int]:
    """Three layers of 32 units on 32 rows: hardly any work but the ops' own overhead."""
    k = keras.layers
    model = keras.Sequential([keras.Input((32,)), k.Dense(32, activation="relu"), k.Dense(32, activation="relu"), k.Dense(1)])
    model.compile("adam", "mse", jit_compile=jit)
    return model, (np.random.rand(1600, 32).astype("float32"), np.random.rand(1600, 1).astype("float32")), 32


def cnn(jit: bool) -> tuple[Any, Data, int]:
    """A CNN with 1.2 million weights on 64 pictures: the model of overhead.py."""
    k = keras.layers
    body = [k.Conv2D(32, 3, activation="relu"), k.Conv2D(64, 3, activation="relu"), k.MaxPooling2D(), k.Flatten()]
    model = keras.Sequential([keras.Input((28, 28, 1)), *body, k.Dense(128, activation="relu"), k.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=jit)
    return model, (np.random.rand(256, 28, 28, 1).astype("float32"), np.random.randint(0, 10, 256)), 64


class ByHand(keras.callbacks.Callback):  # type: ignore[misc]
    """The gradients once more with a tape after each step, and each norm fetched."""

    def __init__(self, x: Any, y: Any) -> None:
        super().__init__()
        self.batch, self.norms = (tf.constant(x), tf.constant(y)), [0.0]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        x, y = self.batch
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(x, y, self.model(x, training=True))
        self.norms = [float(tf.norm(g).numpy()) for g in tape.gradient(loss, self.model.trainable_variables)]


class Turns:
    """Several `fit` at once, each in a thread of its own, of which one runs at a time: a step each, or an epoch each, in turn.

    The order changes from round to round, so that no variant always follows the same other. A sample is the sum over so many turns that each
    holds the same work: also what GradientHealth does at every tenth step only.
    """

    def __init__(self, samples: Samples, variants: list[str], turns: int, steps: int, warm: int) -> None:
        self.samples, self.variants, self.turns, self.steps, self.warm = samples, variants, turns, steps, warm
        self._changed, self._since, self._order, self._round = threading.Condition(), (0.0, 0.0), list(variants), 0
        self._sums = {variant: [0, 0.0, 0.0] for variant in variants}

    def begin(self, variant: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._order[0] == variant)
        self._since = time.perf_counter(), time.process_time()

    def end(self, variant: str) -> None:
        wall, cpu = time.perf_counter() - self._since[0], time.process_time() - self._since[1]
        if self._round >= self.warm:
            self._count(variant, wall, cpu)
        with self._changed:
            self._order.pop(0)
            if not self._order:
                self._round += 1
                self._order = random.Random(self._round).sample(self.variants, len(self.variants))
            self._changed.notify_all()

    def _count(self, variant: str, wall: float, cpu: float) -> None:
        count, so_far, cpu_so_far = self._sums[variant]
        self._sums[variant] = [count + 1, so_far + wall, cpu_so_far + cpu]
        if count + 1 == self.turns:
            self.samples.add(variant, *(total / (self.turns * self.steps) for total in self._sums[variant][1:]))
            self._sums[variant] = [0, 0.0, 0.0]

    def callbacks(self, variant: str, inner: list[Any]) -> list[Any]:
        """The first turns trace the step and are not counted."""
        what = "epoch" if self.steps > 1 else "train_batch"
        first = keras.callbacks.LambdaCallback(**{f"on_{what}_begin": lambda number, logs: self.begin(variant)})
        last = keras.callbacks.LambdaCallback(**{f"on_{what}_end": lambda number, logs: self.end(variant)})
        return [first, *inner, last]


def train(problem: Problem, jit: bool, made: dict[str, list[Any]], turns: Turns, epochs: int) -> Samples:
    """All variants at once, each with its callbacks."""
    _, (x, y), rows = problem(jit)

    def one(variant: str) -> None:
        problem(jit)[0].fit(x, y, batch_size=rows, epochs=epochs, verbose=0, callbacks=turns.callbacks(variant, made[variant]))

    threads = [threading.Thread(target=one, args=(variant,)) for variant in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return turns.samples


def closely(problem: Problem, jit: bool, rounds: int) -> Samples:
    """What has a budget: step by step in turn, ten steps of each a sample."""
    _, (x, _), rows = problem(jit)
    made: dict[str, list[Any]] = {"plain": [], "plain again": [], "health": [GradientHealth(live=False)]}
    epochs = -(-(10 * rounds + WARM) // (len(x) // rows))
    return train(problem, jit, made, Turns(Samples(), list(made), 10, 1, WARM), epochs)


def roughly(problem: Problem, jit: bool, rounds: int, folder: str) -> Samples:
    """The rows beside it, which cost much more: an epoch of each in turn."""
    _, (x, y), rows = problem(jit)
    made: dict[str, list[Any]] = {
        "plain": [],
        "with files": [GradientHealth(live=False, log_dir=f"{folder}/health", jsonl=f"{folder}/health.jsonl")],
        "by hand": [ByHand(x[:rows], y[:rows])],
    }
    if importlib.util.find_spec("tensorboard"):
        made["TensorBoard"] = [keras.callbacks.TensorBoard(f"{folder}/keras", histogram_freq=1)]
    return train(problem, jit, made, Turns(Samples(), list(made), 1, len(x) // rows, 1), rounds + 1)


def _told(samples: Samples, budget: float | None) -> bool:
    """Print the ratios to plain; whether the one with a budget keeps it."""
    kept = [samples.report(variant, "plain", budget if variant == "health" else None) for variant in samples.wall if variant != "plain"]
    return all(kept)


def main() -> int:
    print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}, {machine_speed()}")
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0  # of the number of rounds
    within, folder = True, tempfile.mkdtemp()
    try:
        for problem, jit, rounds in ((tiny, False, 60), (tiny, True, 60), (cnn, False, 30)):
            name = f"{problem.__name__}{'-xla' if jit else ''}"
            if name not in (sys.argv[2:] or [name]):
                continue
            print(f"{name}: a step of fit; a step of each variant in turn, ten steps a sample")
            within &= _told(closely(problem, jit, max(8, round(rounds * scale))), BUDGETS[problem.__name__])
            print(f"{name}: an epoch of each variant in turn")
            _told(roughly(problem, jit, max(4, round(rounds * scale / 4)), folder), None)
    finally:
        shutil.rmtree(folder)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
