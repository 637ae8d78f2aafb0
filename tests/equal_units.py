"""What the tests of equal and of copied units train: the data, and two epochs of four steps under watch."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

import whygrad
from whygrad.model import Diagnosis

IMAGES = np.random.default_rng(0).normal(size=(32, 6, 6, 1)).astype("float32")
ROWS = IMAGES[:, :, 0, 0]
NUMBER = ROWS[:, :1] * ROWS[:, 1:2] + np.sin(ROWS[:, 2:3])


def fitted(layers: Callable[[Any], list[Any]], x: Any = ROWS, y: Any = NUMBER, keras: str = "keras", **how: Any) -> tuple[Any, list[Diagnosis]]:
    """The trained model, and what is said of its units."""
    k = importlib.import_module(keras)
    k.utils.set_random_seed(1)
    with whygrad.watch() as session:
        model = k.Sequential(layers(k.layers))
        model.compile("adam", "mse", **how)
        model.fit(x, y, batch_size=8, epochs=2, verbose=0)
    found = [d for d in session.diagnoses if d.cause == "identical-units"]
    assert all(d.certainty == "proven" for d in found)
    return model, found
