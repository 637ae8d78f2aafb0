"""Layers with copies among their units, trained in earnest. TensorFlow is the judge: how many different units the trained kernel has."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import whygrad
from equal_units import IMAGES, NUMBER, ROWS, fitted

pytestmark = pytest.mark.tensorflow


def drawn(*shape: int) -> Any:
    """The same for the same shape, in whatever order the tests run."""
    return (0.5 * np.random.default_rng(shape).normal(size=shape)).astype("float32")


FEW, SMALL, LAST = drawn(6, 4), drawn(4, 1), drawn(8, 1)


class Given:
    """An initializer that gives these numbers."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        assert tuple(shape) == self.value.shape
        return importlib.import_module("tensorflow").constant(self.value, dtype)


def different(kernel: Any) -> int:
    """So many of its units are farther than rounding from each other."""
    columns = np.asarray(kernel).reshape(-1, kernel.shape[-1]).T
    far = np.abs(columns[:, None] - columns[None]).max(axis=-1) > 1e-5
    return len({tuple(row) for row in far.tolist()})


def trained(layers: Callable[[Any], list[Any]], x: Any = ROWS, keras: str = "keras", **how: Any) -> tuple[list[str], int]:
    """What is said of copies, and how many units of the first layer differ after the training."""
    model, found = fitted(layers, x, keras=keras, **how)
    return [f"{d.severity}: {d.message.split(' of `')[0]} {d.message.split('` ')[1][:15]}" for d in found], different(model.layers[0].kernel.numpy())


def dense(first: Any, second: Any, *between: Any, **how: Any) -> Callable[[Any], list[Any]]:
    return lambda layers: [
        layers.Dense(first.shape[1], "tanh", kernel_initializer=Given(first), **how),
        *(make(layers) for make in between),
        layers.Dense(second.shape[1], kernel_initializer=Given(second)),
    ]


TILED = dense(np.tile(FEW, (1, 2)), np.tile(SMALL, (2, 1)))


@pytest.mark.parametrize("keras", ["keras", "tf_keras"])
@pytest.mark.parametrize("how", [{"jit_compile": False}, {"jit_compile": True}, {"run_eagerly": True}], ids=["graph", "xla", "eager"])
def test_tiled_units(keras: str, how: dict[str, bool]) -> None:
    found, differ = trained(TILED, keras=keras, **how)
    assert differ == 4
    assert found == ["warning: 4 of 8 units are copies of 4"]


def test_repeated_units_and_a_next_layer_that_begins_with_ones() -> None:
    found, differ = trained(dense(np.repeat(FEW, 2, axis=1), np.repeat(SMALL, 2, axis=0)))
    assert (found, differ) == (["warning: 4 of 8 units are copies of 4"], 4)
    for first in (np.tile(FEW, (1, 2)), np.repeat(FEW, 2, axis=1)):
        found, differ = trained(dense(first, np.ones([8, 1], "float32")))
        assert (found, differ) == (["warning: 4 of 8 units are copies of 4"], 4)


def test_a_layer_that_was_widened_by_two_units() -> None:
    """A few copies are a note: the rest of the layer works."""
    found, differ = trained(dense(np.concatenate([FEW, FEW[:, :2]], axis=1), np.concatenate([SMALL, SMALL[:2]])))
    assert (found, differ) == (["note: 2 of 6 units are copies of 2"], 4)


def test_normalised_and_copied_twice() -> None:
    wide = dense(np.tile(FEW, (1, 2)), np.tile(drawn(4, 4), (2, 2)), lambda layers: layers.LayerNormalization(), use_bias=False)
    found, differ = trained(lambda layers: [*wide(layers), layers.Dense(1, kernel_initializer=Given(np.tile(SMALL, (2, 1))))])
    assert differ == 4
    assert len(found) == 1
    assert "4 of 8 units" in found[0]


def test_filters_in_front_of_a_dense_layer() -> None:
    kernel, behind = np.tile(drawn(3, 3, 1, 2), (1, 1, 1, 2)), np.tile(drawn(16, 1, 2, 1), (1, 2, 1, 1)).reshape(64, 1)

    def pictures(layers: Any) -> list[Any]:
        filters = layers.Conv2D(4, 3, activation="tanh", kernel_initializer=Given(kernel))
        return [filters, layers.Flatten(), layers.Dense(1, kernel_initializer=Given(behind))]

    found, differ = trained(pictures, IMAGES)
    assert (found, differ) == (["warning: 2 of 4 units are copies of 2"], 2)


def padded(array: Any, axis: int) -> Any:
    return np.concatenate([array, np.zeros_like(array)], axis=axis)


HEALTHY: dict[str, Callable[[Any], list[Any]]] = {
    "a random layer behind": dense(np.tile(FEW, (1, 2)), LAST),
    "dropout": dense(np.tile(FEW, (1, 2)), np.tile(SMALL, (2, 1)), lambda layers: layers.Dropout(0.5)),
    "noise": dense(np.tile(FEW, (1, 2)), np.tile(SMALL, (2, 1)), lambda layers: layers.GaussianNoise(0.1)),
    "random biases": dense(np.tile(FEW, (1, 2)), np.tile(SMALL, (2, 1)), bias_initializer="random_normal"),
    "one copy": dense(np.concatenate([FEW, FEW[:, :1]], axis=1), np.concatenate([SMALL, SMALL[:1]])),
    "copies in other places behind": dense(np.tile(FEW, (1, 2)), np.repeat(SMALL, 2, axis=0)),
    "columns of zeros, and rows of zeros behind": dense(padded(FEW, 1), padded(SMALL, 0)),
    "a little noise": dense(np.concatenate([FEW, FEW + 0.01 * drawn(6, 4)], axis=1), np.tile(SMALL, (2, 1))),
    "copies with the opposite sign": dense(np.concatenate([FEW, -FEW], axis=1), np.concatenate([SMALL, -SMALL])),
    "equal inputs of the first layer": dense(np.repeat(drawn(3, 8), 2, axis=0), LAST),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_units_that_something_tells_apart(name: str) -> None:
    assert trained(HEALTHY[name])[0] == []


def test_outputs_that_are_copies_have_no_next_layer() -> None:
    import keras

    with whygrad.watch() as session:
        model = keras.Sequential([keras.layers.Dense(8, kernel_initializer=Given(np.tile(FEW, (1, 2))))])
        model.compile("adam", "mse")
        model.fit(ROWS, np.repeat(NUMBER, 8, axis=1), batch_size=8, epochs=2, verbose=0)
    assert session.diagnoses == ()


def test_weights_that_are_tied_are_one_variable() -> None:
    import tensorflow as tf

    with whygrad.watch() as session:
        w, u = tf.Variable(FEW), tf.Variable(SMALL)
        for _ in range(6):
            with tf.GradientTape() as tape:
                hidden = tf.tanh(ROWS @ tf.concat([w, w], 1))
                loss = tf.reduce_mean(tf.square(hidden @ tf.concat([u, u], 0) - NUMBER))
            for variable, gradient in zip([w, u], tape.gradient(loss, [w, u])):
                variable.assign_sub(0.1 * gradient)
    assert session.diagnoses == ()
