"""Layers with equal units, trained in earnest: named where they can never differ, left alone where something tells them apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from equal_units import IMAGES, NUMBER, ROWS, fitted

pytestmark = pytest.mark.tensorflow


def named(layers: Callable[[Any], list[Any]], x: Any = ROWS, y: Any = NUMBER, keras: str = "keras", **how: Any) -> list[str]:
    """The variables of the diagnosis."""
    _, found = fitted(layers, x, y, keras, **how)
    assert all(d.severity == "warning" for d in found)
    return ["/".join(v.name.split("/")[-2:]) for d in found for v in d.variables]


def constant(layers: Any) -> list[Any]:
    return [layers.Dense(6, "tanh", kernel_initializer="ones", name="hidden"), layers.Dense(1, kernel_initializer="ones", name="out")]


@pytest.mark.parametrize("keras", ["keras", "tf_keras"])
@pytest.mark.parametrize("how", [{"jit_compile": False}, {"jit_compile": True}, {"run_eagerly": True}], ids=["graph", "xla", "eager"])
def test_two_constant_layers(keras: str, how: dict[str, bool]) -> None:
    assert named(constant, keras=keras, **how) == ["hidden/kernel"]


def test_filters_in_front_of_a_dense_layer() -> None:
    def pictures(layers: Any) -> list[Any]:
        same = {"kernel_initializer": "ones"}
        body = [layers.Conv2D(4, 3, activation="tanh", name="filters", **same), layers.Flatten(), layers.Dense(5, "tanh", name="hidden", **same)]
        return [*body, layers.Dense(1, name="out", **same)]

    assert named(pictures, IMAGES / 20) == ["filters/kernel", "hidden/kernel"]


SERIES = np.random.default_rng(0).normal(size=(32, 5, 3)).astype("float32")
PRODUCT = SERIES[:, :1, 0] * SERIES[:, 1:2, 1] + SERIES[:, 4, :1]


def recurrent(cell: str, inner: Any, **how: Any) -> tuple[list[str], float]:
    """The variables that are named, and how far the units of the trained kernel are apart in their gates, by TensorFlow's own account."""
    import keras

    layer = getattr(keras.layers, cell)(4, kernel_initializer=keras.initializers.Constant(0.3), recurrent_initializer=inner, name="memory")
    found = named(lambda layers: [layer, layers.Dense(1, kernel_initializer="ones")], SERIES, PRODUCT, **how)
    kernel = layer.cell.kernel.numpy().reshape(3, -1, 4)
    return found, float(np.abs(kernel - kernel[..., :1]).max())


@pytest.mark.parametrize("eagerly", [False, True], ids=["graph", "eager"])
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_gates(cell: str, eagerly: bool) -> None:
    found, apart = recurrent(cell, "ones", run_eagerly=eagerly)
    assert apart < 1e-6
    assert found == [f"{cell.lower()}_cell/kernel", f"{cell.lower()}_cell/recurrent_kernel"]


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_gates_that_a_recurrent_kernel_tells_apart(cell: str) -> None:
    found, apart = recurrent(cell, "orthogonal")
    assert apart > 1e-4
    assert found == []


HEALTHY: dict[str, Callable[[Any], list[Any]]] = {
    "a random layer behind": lambda layers: [layers.Dense(6, "tanh", kernel_initializer="ones"), layers.Dense(1)],
    "a random layer before": lambda layers: [layers.Dense(6, "tanh"), layers.Dense(1, kernel_initializer="zeros")],
    "dropout": lambda layers: [constant(layers)[0], layers.Dropout(0.5), constant(layers)[1]],
    "random biases": lambda layers: [
        layers.Dense(6, "tanh", kernel_initializer="ones", bias_initializer="random_normal"),
        layers.Dense(1, kernel_initializer="ones"),
    ],
    "a single unit": lambda layers: [layers.Dense(1, "tanh", kernel_initializer="ones"), layers.Dense(1, kernel_initializer="ones")],
}


@pytest.mark.parametrize("name", HEALTHY)
def test_units_that_something_tells_apart(name: str) -> None:
    assert named(HEALTHY[name]) == []


def test_an_output_layer_of_zeros() -> None:
    def logistic(layers: Any) -> list[Any]:
        return [layers.Dense(4, "softmax", kernel_initializer="zeros")]

    assert named(logistic, y=np.eye(4, dtype="float32")[np.arange(32) % 4]) == []
    assert named(logistic, y=np.full([32, 4], 0.25, "float32") + ROWS[:, :1]) == [], "equal targets are no fault of the units"
