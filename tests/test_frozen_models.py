"""Keras models that are trained while they, or a part of them, are frozen."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("tensorflow")

import keras
import numpy as np

import whygrad

pytestmark = [pytest.mark.tensorflow, pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")]
X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
Y = X[:, :1]


def dense(units: int, **how: Any) -> Any:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(units)], **how)
    model.compile("sgd", "mse")
    return model


def loud(session: whygrad.Session) -> list[str]:
    return [d.message for d in session.diagnoses if d.severity != "note"]


def test_a_judge_that_is_frozen_before_it_is_ever_trained() -> None:
    """In Keras 2 the first `compile` kept what could be trained; in Keras 3 the first training looks."""
    keras.utils.set_random_seed(0)
    judge = dense(1, name="judge")
    with whygrad.watch() as session:
        judge.trainable = False
        before = [w.numpy() for w in judge.weights]
        judge.train_on_batch(X, Y)
    assert all(np.array_equal(w.numpy(), b) for w, b in zip(judge.weights, before, strict=True))
    (said,) = loud(session)
    assert said.startswith("`judge.trainable` freezes every layer")


def test_a_model_without_weights() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda t: t[:, :1])])
    model.compile("sgd", "mse")
    with whygrad.watch() as session:
        model.fit(X, Y, verbose=0)
    (said,) = loud(session)
    assert said == "the model has no trainable weights, so `model.fit(X, Y, verbose=0)` changes nothing"


def test_what_could_be_trained_at_first_goes_on() -> None:
    keras.utils.set_random_seed(0)
    judge = dense(1)
    with whygrad.watch() as session:
        judge.train_on_batch(X, Y)
        judge.trainable = False
        before = [w.numpy() for w in judge.weights]
        judge.train_on_batch(X, Y)
    assert not all(np.array_equal(w.numpy(), b) for w, b in zip(judge.weights, before, strict=True))
    assert loud(session) == []


def test_evaluation_and_a_frozen_part_are_left_alone() -> None:
    keras.utils.set_random_seed(0)
    model = dense(1)
    with whygrad.watch() as session:
        model.layers[0].trainable = False
        model.fit(X, Y, verbose=0)
        model.trainable = False
        model.evaluate(X, Y, verbose=0)
        model.predict(X, verbose=0)
    assert loud(session) == []


class Own(keras.Sequential):
    """Does in its step what it likes."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        return {"loss": self.compute_loss(x, y, self(x))}


def test_a_step_of_its_own_is_left_alone() -> None:
    model = Own([keras.Input((3,)), keras.layers.Dense(1, trainable=False)])
    model.compile("sgd", "mse")
    with whygrad.watch() as session:
        model.fit(X, Y, verbose=0)
    assert loud(session) == []
