"""What is measured of a gradient: the figures of NumPy, eagerly, in traced functions and in `fit`; and nothing of the program's is changed."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import whygrad
from whygrad.record.measure import glance, stats
from whygrad.samples import UNKNOWN, Sample, is_wrong


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_stats_are_those_of_numpy(dtype: str) -> None:
    array = tf.cast(tf.constant([[0.0, 1.5, -2.0], [0.0, 0.25, 4.0]]), dtype).numpy()
    found = stats(array)
    plain = np.asarray(array, np.float64)
    assert (found.size, found.zeros, found.bad) == (6, 2, 0)
    assert (found.low, found.high, found.largest) == (-2.0, 4.0, 4.0)
    assert found.norm == pytest.approx(np.linalg.norm(plain), rel=1e-3)


def test_the_first_bad_element_is_found() -> None:
    found = stats(np.array([[1.0, 2.0], [np.inf, np.nan]], np.float32))
    assert (found.bad, found.first_bad, found.low, found.high) == (2, (1, 0), 1.0, 2.0)
    assert is_wrong([found], {})


def test_a_norm_does_not_overflow_or_underflow() -> None:
    assert stats(np.full([4], 1e30, np.float32)).norm == pytest.approx(2e30)
    assert stats(np.full([4], 1e-30, np.float32)).norm == pytest.approx(2e-30)
    assert stats(np.full([4], 60000.0, np.float16)).norm == pytest.approx(120000.0, rel=1e-3)


def test_large_healthy_arrays_are_only_glanced_at() -> None:
    large = np.ones([100_000], np.float32)
    assert glance(large).zeros == UNKNOWN
    large[7] = np.nan
    assert glance(large).bad == 1
    assert glance(np.zeros([100_000], np.float32)).is_zero


def measured(session: Any) -> list[Sample]:
    samples: list[Sample] = session._recorder.samples
    return samples


def test_an_eager_gradient_is_measured_as_it_is() -> None:
    w, rows = tf.Variable([[1.0, 2.0], [3.0, 4.0]]), tf.Variable(tf.ones([5, 2]))
    with whygrad.watch() as session:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(tf.gather(rows, [1, 1, 3]) @ w))
        gradients = tape.gradient(loss, [w, rows])
    (sample,) = measured(session)
    for found, gradient in zip(sample.gradients, gradients, strict=True):
        values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
        assert found is not None
        assert found.norm == pytest.approx(float(tf.norm(values)), rel=1e-6)
        assert found.size == int(tf.size(values))
    assert not sample.was_traced_back


def test_a_traced_function_is_measured_before_it_runs() -> None:
    w = tf.Variable([2.0, -1.0])

    @tf.function(jit_compile=True)
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(w * x))
        gradient = tape.gradient(loss, w)
        w.assign_sub(0.1 * gradient)
        return gradient

    with whygrad.watch() as session:
        gradients = [step(tf.constant([1.0, 3.0])).numpy() for _ in range(2)]
    norms = [sample.gradients[0].norm for sample in measured(session) if sample.gradients[0] is not None]
    assert norms == pytest.approx([np.linalg.norm(g) for g in gradients], rel=1e-6)


def test_what_comes_after_a_loop_is_followed_back() -> None:
    dead = tf.keras.layers.Dense(1, activation="relu", bias_initializer=tf.keras.initializers.Constant(-5.0))
    model = tf.keras.Sequential([tf.keras.Input((4, 1)), tf.keras.layers.LSTM(3, activation="relu", return_sequences=True), dead])
    model.compile("sgd", "mse")
    with whygrad.watch() as session:
        model.train_on_batch(tf.ones([2, 4, 1]), tf.ones([2, 4, 1]))
    assert [sample.was_traced_back for sample in measured(session)] == [True]
    assert [d.cause for d in session.diagnoses] == ["flat-region"]


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_fit_sees_every_batch_once_and_in_order() -> None:
    x = np.arange(24, dtype=np.float32).reshape(12, 2) / 24
    seen: list[np.ndarray] = []

    def batches() -> Any:
        for i in range(0, 12, 4):
            seen.append(x[i])
            yield x[i : i + 4], x[i : i + 4, :1]

    def train() -> tuple[list[Any], list[float]]:
        tf.keras.utils.set_random_seed(0)
        model = tf.keras.Sequential(
            [tf.keras.Input((2,)), tf.keras.layers.Dense(4, activation="tanh"), tf.keras.layers.Dropout(0.5), tf.keras.layers.Dense(1)]
        )
        model.compile("sgd", "mse")
        signature = (tf.TensorSpec([None, 2]), tf.TensorSpec([None, 1]))
        history = model.fit(tf.data.Dataset.from_generator(batches, output_signature=signature), epochs=2, verbose=0, shuffle=False)
        return [w.numpy() for w in model.trainable_variables], history.history["loss"]

    plain = train()
    count = len(seen)
    with whygrad.watch() as session:
        watched = train()
    assert len(seen) == 2 * count
    assert watched[1] == plain[1]
    assert all(np.array_equal(a, b) for a, b in zip(watched[0], plain[0], strict=True))
    assert len(measured(session)) >= 3


def test_a_second_gradient_of_a_tape_is_refused_as_ever() -> None:
    w = tf.Variable(1.0)
    with whygrad.watch():
        with tf.GradientTape() as tape:
            loss = w * w
        tape.gradient(loss, w)
        with pytest.raises(RuntimeError, match="non-persistent"):
            tape.gradient(loss, w)


def test_no_tensor_is_kept_once_the_gradient_is_known() -> None:
    w = tf.Variable(tf.ones([3]))
    with whygrad.watch():
        with tf.GradientTape() as tape:
            hidden = tf.nn.relu(-w)
            loss = tf.reduce_sum(hidden)
        tape.gradient(loss, w)
        watched = weakref.ref(hidden)
        del hidden, loss, tape
        gc.collect()
        assert watched() is None
