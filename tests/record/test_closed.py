"""What is looked up once, or not listened to at all: layers of Keras, gradients, updates. The places and the writes are known all the same."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import whygrad
from whygrad.record.hooks import closed


def bent(x: tf.Tensor) -> tf.Tensor:
    return tf.round(x) + x


class Mine(keras.layers.Dense):
    pass


def test_a_layer_is_closed_when_no_code_of_the_user_can_run_in_it() -> None:
    assert closed.is_closed(keras.layers.Dense(2, activation="relu"))
    assert closed.is_closed(keras.layers.MultiHeadAttention(2, 2))
    assert not closed.is_closed(keras.layers.Dense(2, activation=bent))
    assert not closed.is_closed(keras.layers.Dense(2, kernel_initializer=lambda shape, dtype=None: tf.ones(shape)))
    assert not closed.is_closed(keras.layers.Lambda(bent))
    assert not closed.is_closed(Mine(2))
    assert closed.is_closed(keras.Sequential([Mine(2)]))  # its layers have calls of their own


@pytest.mark.parametrize("activation", [bent, "relu"])
def test_each_op_has_the_place_of_the_code_that_ran(activation: object) -> None:
    layer = keras.layers.Dense(2, activation=activation)
    with whygrad.watch() as session, tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(tf.ones([3, 2])))
        tape.gradient(loss, layer.trainable_variables)
    recording = session._recorder.finish()
    places = (recording.location(site) for site in recording.ops.site)
    lines = {place.function for place in places if place is not None}
    assert ("bent" in lines) is (activation is bent)


def model_and_step(optimizer: keras.optimizers.Optimizer) -> keras.Model:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)])
    x = tf.constant(np.random.default_rng(0).normal(size=(8, 3)), tf.float32)
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x) - 1.0))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return model


@pytest.mark.parametrize("optimizer", [keras.optimizers.Adam, keras.optimizers.SGD])
def test_updates_that_nobody_listened_to_are_noted(optimizer: type[keras.optimizers.Optimizer]) -> None:
    with whygrad.watch() as session:
        model_and_step(optimizer())
    rows = {row.name.rsplit("/", 1)[-1]: (row.updated, row.updated_by) for row in session.report().variables}
    assert set(rows.values()) == {(True, optimizer.__name__)}


def test_a_step_is_the_same_with_and_without_us() -> None:
    def trained(watched: bool) -> list[np.ndarray]:
        keras.utils.set_random_seed(1)
        if not watched:
            return model_and_step(keras.optimizers.Adam()).get_weights()
        with whygrad.watch():
            return model_and_step(keras.optimizers.Adam()).get_weights()

    assert all(np.array_equal(a, b) for a, b in zip(trained(True), trained(False), strict=True))


def test_a_custom_gradient_that_writes_is_listened_to() -> None:
    counter, w = tf.Variable(0.0, trainable=False), tf.Variable(2.0)

    @tf.custom_gradient
    def counted(x: tf.Tensor) -> object:
        def back(upstream: tf.Tensor) -> tf.Tensor:
            counter.assign_add(1.0)
            return upstream

        return tf.identity(x), back

    with whygrad.watch() as session, tf.GradientTape() as tape:
        loss = tf.square(counted(w))
        tape.gradient(loss, w)
    assert any(signature.op.startswith("AssignAdd") for signature in session._recorder.finish().signatures)
