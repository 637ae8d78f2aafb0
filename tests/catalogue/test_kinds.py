"""What the catalogue says of a kind of function is true of each: TensorFlow runs them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from whygrad import catalogue
from whygrad.catalogue import Entry, kinds

KNOWN = catalogue.load()
X = tf.constant([[0.3, -1.5], [2.0, 0.7]])
NOT_HERE = ("tf_keras.", "keras.backend.")  # Keras 3 keeps the latter for old models only
UNARY = [e for e in KNOWN if not e.name.startswith(NOT_HERE) and [a for a in e.arguments if not a.optional] == [e.argument(0)]]


def called(entry: Entry, value: tf.Tensor) -> Any:
    found: Any = {"tensorflow": tf, "keras": keras}[entry.name.partition(".")[0]]
    for part in entry.name.split(".")[1:]:
        found = getattr(found, part)
    return np.asarray(found(**{entry.arguments[0].name: value}))


def of(kind: Any) -> Any:
    return pytest.mark.parametrize("entry", [e for e in UNARY if kind(e, 0)], ids=lambda e: e.name)


@of(kinds.is_stop)
def test_a_stop_hands_its_argument_on(entry: Entry) -> None:
    np.testing.assert_array_equal(called(entry, X), X)


@of(kinds.is_like)
def test_what_is_like_its_argument_has_its_shape_and_none_of_its_values(entry: Entry) -> None:
    assert called(entry, X).shape == X.shape
    np.testing.assert_array_equal(called(entry, X), called(entry, 3.0 * X - 1.0))


@of(lambda e, _: kinds.gives_zeros(e))
def test_zeros_are_zeros(entry: Entry) -> None:
    np.testing.assert_array_equal(called(entry, X), np.zeros(X.shape))


@of(lambda e, _: kinds.gives_ones(e))
def test_ones_are_ones(entry: Entry) -> None:
    np.testing.assert_array_equal(called(entry, X), np.ones(X.shape))


def last(kind: Any) -> set[str]:
    return {e.name.rpartition(".")[2] for e in KNOWN if e.arguments and kind(e, 0)}


def test_each_kind_has_the_functions_that_people_know() -> None:
    assert last(kinds.is_stop) == {"stop_gradient", "StopGradient"}
    assert {"zeros_like", "ones_like", "full_like"} <= last(kinds.is_like)
    assert {"shape", "size", "rank", "ndim", "int_shape", "shape_n"} <= last(kinds.is_shape_only)
    assert last(lambda e, _: kinds.gives_zeros(e)) >= {"zeros_like", "empty_like"}
    assert {"bitcast", "as_string"} <= last(kinds.converts)
    assert not {"numpy_function", "softmax", "argmax", "greater", "logical_and", "signbit"} & (last(kinds.is_shape_only) | last(kinds.converts))
