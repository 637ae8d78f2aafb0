"""What the catalogue puts inside functions with an infinite slope: the trap of one `where` is found, repaired, and then gives numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from repairs.rounds import rounds
from whygrad.catalogue.replacements import all_replacements

WORDS = [word for r in all_replacements() for word, _ in r.insides]
DIVIDES = ("divide", "truediv")
AT_ONE = ("acos", "asin", "atanh", "acosh", "arccos", "arcsin", "arctanh", "arccosh")


def text(word: str) -> str:
    border = 1.0 if word in AT_ONE else -1.0 if word == "log1p" else 0.0
    door = "keras.ops" if word.startswith("arc") else "tf.math"
    return f"""import keras
import tensorflow as tf

w = tf.Variable([{border}, {3.0 if word.endswith("cosh") else 0.5}])

@tf.function(jit_compile=True, autograph=False)
def gradient():
    with tf.GradientTape() as tape:
        x = 1.0 * w
        loss = tf.reduce_sum(tf.where(tf.not_equal(x, {border}), {door}.{word}({"tf.square(w), x" if word in DIVIDES else "x"}), 0.0))
    return tape.gradient(loss, w)


gradient()
"""


def gradient(program: str) -> Any:
    """Compiled by XLA, as `fit` is: the kernels that TensorFlow has for the slopes of roots and `reciprocal` take 0 times infinity for 0."""
    words: dict[str, Any] = {}
    exec(program, words)
    return np.asarray(words["gradient"]())


@pytest.mark.parametrize("word", WORDS)
def test_the_double_where_ends_the_nan(word: str) -> None:
    made = rounds(text(word).encode())
    before, after = gradient(text(word)), gradient(made.text)
    assert [d.cause for d in made.found] == ["non-finite"]
    assert np.isnan(before[0])
    assert after[0] == 0
    assert after[1] == before[1] != 0


def test_each_form_speaks_of_functions_of_tensorflow() -> None:
    assert {w for w in WORDS if hasattr(tf.math, w)} >= {"log", "sqrt", "divide", "acos"}
