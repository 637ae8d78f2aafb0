"""Small models for Keras 3 and tf_keras, compiled, with their data."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

KERAS = ("keras", "tf_keras")


def dense(
    name: str, *, table: bool = True, jit: bool = False, optimizer: Any = "sgd", eager: bool = False, seed: int = 1
) -> tuple[Any, Any, Any, Any]:
    """Keras, model, x and y: a table of embeddings (or none) and two dense layers, on 64 rows; two steps an epoch of 32.

    What is not about the table goes faster without: its gradient is IndexedSlices.
    """
    k = importlib.import_module(name)
    k.utils.set_random_seed(seed)
    inputs = k.layers.Input((3,), dtype="int32" if table else "float32")
    hidden = k.layers.Flatten()(k.layers.Embedding(10, 4, name="table")(inputs)) if table else inputs
    hidden = k.layers.Dense(8, activation="relu", name="hidden")(hidden)
    model = k.Model(inputs, k.layers.Dense(1, name="out")(hidden))
    model.compile(optimizer, "mse", jit_compile=jit, run_eagerly=eager)
    rng = np.random.default_rng(seed)
    return k, model, rng.integers(0, 10, (64, 3)).astype("int32" if table else "float32"), rng.normal(size=(64, 1)).astype("float32")


def fit(model: Any, x: Any, y: Any, callbacks: Any = (), epochs: int = 3, **more: Any) -> Any:
    return model.fit(x, y, batch_size=32, epochs=epochs, shuffle=False, verbose=0, callbacks=list(callbacks), **more)
