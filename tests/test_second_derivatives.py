"""Networks that are differentiated twice, as for a differential equation: a relu has no second derivative, and what bends trains."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow")

import tensorflow as tf

import whygrad
from whygrad.model import Diagnosis

pytestmark = pytest.mark.tensorflow


def said(bend: object) -> list[Diagnosis]:
    """Of four steps of a network with one hidden layer that is to have a second derivative of 1, on other points in each step."""
    tf.random.set_seed(3)
    hidden, out = tf.Variable(tf.random.normal([1, 8]), name="hidden"), tf.Variable(tf.random.normal([8, 1]), name="out")
    with whygrad.watch() as session:
        for _ in range(4):
            x = tf.random.uniform([16, 1])
            with tf.GradientTape() as tape:
                with tf.GradientTape() as outer:
                    outer.watch(x)
                    with tf.GradientTape() as inner:
                        inner.watch(x)
                        u = bend(x @ hidden) @ out  # type: ignore[operator]
                    slope = inner.gradient(u, x)
                loss = tf.reduce_mean(tf.square(outer.gradient(slope, x) - 1.0))
            gradients = tape.gradient(loss, [hidden, out])
            hidden.assign_sub(0.01 * (tf.zeros_like(hidden) if gradients[0] is None else gradients[0]))
    return [d for d in session.diagnoses if d.severity != "note"]


@pytest.mark.parametrize("bend", [tf.nn.relu, lambda h: tf.nn.leaky_relu(h, 0.1)], ids=["relu", "leaky"])
def test_straight_pieces_have_no_second_derivative(bend: object) -> None:
    found = said(bend)
    assert {d.cause for d in found} == {"flat-region", "zero-factor", "constant-loss"}
    first = found[0]
    assert first.cause == "flat-region"
    assert "the second derivative of" in first.message
    assert not any("does not reach the loss" in d.message for d in found)
    (constant,) = (d for d in found if d.cause == "constant-loss")
    assert constant.certainty == "likely"
    assert [v.name for v in constant.variables] == ["out"]
    assert "outer.gradient(slope, x)" in constant.message


@pytest.mark.parametrize("bend", [tf.nn.softplus, tf.tanh, tf.nn.swish, tf.sin], ids=["softplus", "tanh", "swish", "sin"])
def test_what_bends_is_left_alone(bend: object) -> None:
    assert said(bend) == []
