"""What `GradientHealth` costs a step of `fit`, beside the TensorBoard callback with histograms and a callback as one writes it by hand."""

from __future__ import annotations

import importlib.util
import os
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
    """Several `fit` at once, each in a thread of its own, of which one runs at a time: an epoch each, in turn."""

    def __init__(self, samples: Samples, variants: list[str], steps: int) -> None:
        self.samples, self.variants, self.steps = samples, variants, steps
        self._turn, self._changed, self._since = 0, threading.Condition(), (0.0, 0.0)

    def begin(self, variant: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.variants[self._turn] == variant)
        self._since = time.perf_counter(), time.process_time()

    def end(self, variant: str, count: bool) -> None:
        if count:
            wall, cpu = time.perf_counter() - self._since[0], time.process_time() - self._since[1]
            self.samples.add(variant, wall / self.steps, cpu / self.steps)
        with self._changed:
            self._turn = (self._turn + 1) % len(self.variants)
            self._changed.notify_all()

    def callbacks(self, variant: str, inner: list[Any]) -> list[Any]:
        """The first epoch traces the step and is not counted."""
        first = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: self.begin(variant))
        last = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: self.end(variant, epoch > 0))
        return [first, *inner, last]


def measure(problem: Problem, jit: bool, rounds: int, folder: str) -> Samples:
    """All variants of one training, an epoch of each in turn."""
    _, (x, y), rows = problem(jit)
    made: dict[str, list[Any]] = {
        "plain": [],
        "plain again": [],
        "health": [GradientHealth(live=False)],
        "with files": [GradientHealth(live=False, log_dir=f"{folder}/health", jsonl=f"{folder}/health.jsonl")],
        "by hand": [ByHand(x[:rows], y[:rows])],
    }
    if importlib.util.find_spec("tensorboard"):
        made["TensorBoard"] = [keras.callbacks.TensorBoard(f"{folder}/keras", histogram_freq=1)]
    samples = Samples()
    turns = Turns(samples, list(made), len(x) // rows)

    def train(variant: str) -> None:
        problem(jit)[0].fit(x, y, batch_size=rows, epochs=rounds + 1, verbose=0, callbacks=turns.callbacks(variant, made[variant]))

    threads = [threading.Thread(target=train, args=(variant,)) for variant in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return samples


def main() -> int:
    print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}, {machine_speed()}")
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0  # of the number of rounds
    within, folder = True, tempfile.mkdtemp()
    try:
        for problem, jit, rounds in ((tiny, False, 24), (tiny, True, 24), (cnn, False, 14)):
            name = f"{problem.__name__}{'-xla' if jit else ''}"
            if name not in (sys.argv[2:] or [name]):
                continue
            print(f"{name}: a step of fit; an epoch of each variant in turn")
            samples = measure(problem, jit, max(4, round(rounds * scale)), folder)
            for variant in samples.wall:
                if variant != "plain":
                    within &= samples.report(variant, "plain", BUDGETS[problem.__name__] if variant == "health" else None)
    finally:
        shutil.rmtree(folder)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
