"""What is recorded of variables: the initializer, the value, whether units are equal, whether anything has changed; Keras 3 and tf_keras."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import whygrad
from whygrad import recording as rec
from whygrad.api import start_watching
from whygrad.model import Outcome
from whygrad.record.hooks import watcher
from whygrad.record.measure import alike
from whygrad.samples import Alike

BOTH = pytest.mark.parametrize("keras", ["keras", "tf_keras"])


def variables(session: Any) -> dict[str, rec.Variable]:
    return {(v.full_name or v.name): v for v in session._recorder.finish().variables.values() if not v.keeper}


def test_equal_columns_and_rows() -> None:
    column, row = np.arange(6.0, dtype=np.float32)[:, None], np.arange(3.0, dtype=np.float32)
    assert alike(np.tile(column, (1, 4))) == Alike(True)
    assert alike(np.tile(row, (6, 1))) == Alike(False, (6,))
    assert alike(np.tile(np.repeat(column[:2], 3, axis=0), (1, 2)), [3]) == Alike(True, (3,))
    assert alike(np.full([6, 1], 0.5, np.float32)) == Alike(False, (6,)), "a single unit is equal to no other"
    assert alike(np.full([2, 2, 4, 4], 1.0, np.float16)) == Alike(True, (4,))
    assert alike(np.random.default_rng(0).normal(size=(6, 3))) == Alike(False)
    for nothing in (np.ones(3), np.ones([0, 3]), np.full([2, 2], np.nan), np.ones([2, 2], np.int32)):
        assert alike(nothing) is None


def test_rounding_makes_no_difference() -> None:
    kernel = np.full([4, 8], 0.1, np.float32)
    kernel[:, 3] = np.nextafter(kernel[:, 3], 1.0, dtype=np.float32)
    assert alike(kernel) == Alike(True, (4,))
    kernel[0, 3] = 0.1001
    assert alike(kernel) == Alike(False)


@BOTH
@pytest.mark.parametrize("way", ["call", "fit"])
def test_initializers_of_layers(keras: str, way: str) -> None:
    k = importlib.import_module(keras)
    chosen = {"a": "he_normal", "b": k.initializers.RandomNormal(stddev=0.5), "c": "ones", "d": k.initializers.Identity(), "e": own}
    with whygrad.watch() as session:
        model = k.Sequential([k.layers.Dense(4, kernel_initializer=initializer, name=name) for name, initializer in chosen.items()])
        model.compile("adam", "mse")
        x = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
        model(x) if way == "call" else model.fit(x, x, verbose=0)
    found = {"/".join(name.split("/")[-2:]): v for name, v in variables(session).items()}
    assert set(found) == {f"{layer}/{name}" for layer in chosen for name in ("kernel", "bias")}, "slots, metrics and counters have a keeper"
    initializers = {name[0]: v.initializer for name, v in found.items() if name.endswith("kernel")}
    assert initializers.pop("d").startswith("identity")
    assert initializers == {"a": "he_normal", "b": "random_normal(mean=0.0, stddev=0.5)", "c": "ones", "e": "own"}
    assert [found[f"{layer}/kernel"].initial for layer in "abcd"] == ["random", "random", "ones", "identity"]
    assert {found[f"{layer}/bias"].initial for layer in chosen} == {"zeros"}
    if way == "fit":
        assert found["a/kernel"].changed is True


def own(shape: Any, dtype: Any = None) -> Any:
    return tf.fill(shape, tf.constant(0.25, dtype))


def test_values() -> None:
    with whygrad.watch() as session:
        kept = [tf.Variable(tf.fill([3], 0.5), name="half"), tf.Variable(np.eye(3), name="eye"), tf.Variable(np.zeros([400, 400]), name="large")]
        words = tf.Variable("text", name="words")
        del words
    found = variables(session)
    assert (found["half"].initial, found["half"].value) == ("constant", "0.5")
    assert (found["eye"].initial, found["large"].initial) == (None, "zeros")
    assert (found["words"].initial, found["words"].changed) == (None, None)
    assert found["half"].changed is False
    assert len(kept) == 3


@pytest.mark.parametrize("way", ["eager", "function"])
def test_what_counts_is_the_value_when_training_begins(way: str) -> None:
    w, loaded, still = (tf.Variable(tf.random.normal([4, 3])) for _ in range(3))

    def step() -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(tf.ones([2, 4]) @ w)) + tf.reduce_sum(loaded + still)
        for variable, gradient in zip([w, loaded], tape.gradient(loss, [w, loaded, still])):
            variable.assign_sub(0.1 * gradient)

    run = step if way == "eager" else tf.function(step)
    with whygrad.watch() as session:
        w, loaded, still = (tf.Variable(tf.random.normal([4, 3]), name=name) for name in ("w", "loaded", "still"))
        loaded.assign(tf.fill([4, 3], 2.0))
        run()
    found = variables(session)
    assert [found[name].changed for name in ("w", "loaded", "still")] == [True, True, False]
    assert [found[name].alike for name in ("w", "loaded", "still")] == [None, Alike(True, (4,)), None]
    assert found["loaded"].alike_at_end == Alike(True, (4,))
    assert [sample.alike for sample in session._recorder.samples] == [{1: Alike(True, (4,))}]


def test_a_step_that_is_zero_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine all of the grace may pass while the first step runs."""
    monkeypatch.setattr(watcher, "GRACE", 0.0)
    weight, gate = tf.Variable([2.0, 1.0]), tf.Variable(0.0)
    session = start_watching()
    for _ in range(4):
        with tf.GradientTape() as tape:
            loss = tf.square(gate * tf.reduce_sum(weight) - 1.0)
        gradients = tape.gradient(loss, [weight, gate])
        with tf.GradientTape() as other:
            healthy = tf.reduce_sum(weight * weight)
        other.gradient(healthy, weight)
        for variable, gradient in zip([weight, gate], gradients):
            variable.assign_sub(0.1 * gradient)
    report = session.finish(Outcome(0, None), None)
    assert [d.cause for d in report.diagnoses] == []


def test_weights_from_a_file_are_restored(tmp_path: Path) -> None:
    model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(2, name="out")])
    model.save_weights(tmp_path / "model.weights.h5")
    with whygrad.watch() as session:
        again = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(2, name="out")])
        again.load_weights(tmp_path / "model.weights.h5")
        again.compile("sgd", "mse")
        again.fit(np.ones([4, 2]), np.zeros([4, 2]), verbose=0)
    rows = {row.name.split("/")[-1]: row for row in session.report().variables}
    assert (rows["kernel"].initial, rows["kernel"].detail, rows["kernel"].updated_by) == ("restored", "glorot_uniform", "SGD")
    assert rows["kernel"].assigned is not None
    assert "load_weights" in rows["kernel"].assigned.text
