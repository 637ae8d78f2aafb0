"""What recording costs a training step, and what a step costs after whygrad has gone: plain, recorded, detached, TensorFlow's own debugger."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import tensorflow as tf
from _measure import Samples, Work, machine_speed

import whygrad
from whygrad.api import start_watching

LIMITS = {"tiny": (1.5, 1.01), "cnn": (1.05, 1.01), "transformer": (1.05, 1.01)}  # recorded, detached
CHEAPER = 5.0  # than tf.debugging.experimental.enable_dump_debug_info
UNTIL_DETACHED = 200  # steps


def tiny() -> Work:
    """A step of 33 ops on a few numbers: hardly any work but the ops' own overhead."""
    x, y = tf.random.normal([4, 8]), tf.random.normal([4, 1])
    w, b, v = tf.Variable(tf.random.normal([8, 16])), tf.Variable(tf.zeros([16])), tf.Variable(tf.random.normal([16, 1]))

    def step() -> None:
        with tf.GradientTape() as tape:
            hidden = tf.nn.relu(x @ w + b)
            loss = tf.reduce_mean(tf.square(hidden @ v - y))
        for variable, gradient in zip((w, b, v), tape.gradient(loss, (w, b, v))):
            variable.assign_sub(0.01 * gradient)

    return step


def _training(model: Any, x: Any, y: Any) -> Work:
    optimizer = tf.keras.optimizers.Adam()
    loss_function = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def step() -> None:
        with tf.GradientTape() as tape:
            loss = loss_function(y, model(x, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))

    return step


def cnn() -> Work:
    """A small Keras CNN on 64 pictures, eagerly."""
    k = tf.keras.layers
    body = [k.Conv2D(32, 3, activation="relu"), k.Conv2D(64, 3, activation="relu"), k.MaxPooling2D(), k.Flatten()]
    model = tf.keras.Sequential([*body, k.Dense(128, activation="relu"), k.Dense(10)])
    return _training(model, tf.random.normal([64, 28, 28, 1]), tf.random.uniform([64], 0, 10, dtype=tf.int64))


def transformer() -> Work:
    """One attention block of 128 units on 32 sequences of 64, eagerly."""
    k = tf.keras.layers
    inputs = tf.keras.Input([64, 128])
    attended = k.LayerNormalization()(inputs + k.MultiHeadAttention(4, 32)(inputs, inputs))
    hidden = k.LayerNormalization()(attended + k.Dense(128)(k.Dense(512, activation="relu")(attended)))
    model = tf.keras.Model(inputs, k.Dense(10)(k.GlobalAveragePooling1D()(hidden)))
    return _training(model, tf.random.normal([32, 64, 128]), tf.random.uniform([32], 0, 10, dtype=tf.int64))


@contextlib.contextmanager
def dumping() -> Iterator[None]:
    """TensorFlow's own recorder of ops, in its cheapest mode."""
    with tempfile.TemporaryDirectory() as folder:
        tf.debugging.experimental.enable_dump_debug_info(folder, tensor_debug_mode="NO_TENSOR")
        try:
            yield
        finally:
            tf.debugging.experimental.disable_dump_debug_info()


@contextlib.contextmanager
def detached(step: Work) -> Iterator[None]:
    """Watched as `whygrad run` watches, until it has seen enough and gone."""
    session = start_watching()
    try:
        for _ in range(UNTIL_DETACHED):
            if not session._recorder.active:
                break
            step()
        else:
            raise RuntimeError(f"still recording after {UNTIL_DETACHED} healthy steps")
        yield
    finally:
        session.stop()


def measure(step: Work, rounds: int, steps: int) -> tuple[Samples, float]:
    """All variants of one step, in turn; and the number of ops in a step."""
    samples, ops = Samples(), 0.0
    for _ in range(5):
        step()
    for _ in range(rounds):
        samples.timed("plain", step, steps)
        with whygrad.watch() as session:
            step()
            before = session._recorder.clock
            samples.timed("recorded", step, steps)
            ops = (session._recorder.clock - before) / steps
        samples.timed("plain again", step, steps)
        with detached(step):
            samples.timed("detached", step, steps)
        with dumping():
            step()
            samples.timed("dumped", step, steps)
    return samples, ops


def main() -> int:
    print(f"TensorFlow {tf.__version__}, {machine_speed()}")
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0  # of the number of rounds
    within = True
    makers: tuple[tuple[Callable[[], Work], int, int], ...] = ((tiny, 80, 10), (cnn, 16, 2), (transformer, 16, 2))
    for make, rounds, steps in makers:
        name = make.__name__
        samples, ops = measure(make(), max(4, round(rounds * scale)), steps)
        print(f"{name}: {ops:.0f} ops a step, {len(samples.wall['plain'])} rounds of {steps} steps of each variant")
        recorded, gone = LIMITS[name]
        samples.report("plain again", "plain")  # the noise: the same work against itself
        within &= samples.report("recorded", "plain", recorded)
        within &= samples.report("detached", "plain again", gone)
        samples.report("dumped", "plain again")
        ours, theirs = samples.extra("recorded", "plain"), samples.extra("dumped", "plain again")
        cheaper = theirs / ours if ours > 0 else float("inf")
        within &= cheaper >= CHEAPER
        print(
            f"  CPU added to a step: recorded {ours:.3f} ms ({1000 * ours / ops:.1f} us an op), dumped {theirs:.3f} ms:"
            f" {cheaper:.1f} times cheaper{'' if cheaper >= CHEAPER else ': MISSED'}"
        )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
