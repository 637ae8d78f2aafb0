"""The loss of a generator that was computed from the scores of the real pictures: TensorFlow runs what comes out."""

from __future__ import annotations

import numpy as np
import pytest

from whygrad.model import Diagnosis, Fix, Related
from whygrad.repairs.edits import applied
from whygrad.repairs.file import SourceFile
from whygrad.repairs.offering import with_repair

PATH = "gan.py"
HEAD = """import keras
import tensorflow as tf
keras.utils.set_random_seed(0)
G = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
D = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
images = tf.random.normal([4, 3])


def fooled(scores):
    return -tf.reduce_mean(scores)


def train(noise):
    with tf.GradientTape() as tape:
        pictures = G(noise)
{outputs}
        loss = {loss}
    weights = {weights}
    return tape.gradient(loss, {asked})


g = train(tf.random.normal([4, 2]))
"""
BOTH = "        real, fake = D(images, training=True), D(pictures, training=True)"


def program(outputs: str = BOTH, loss: str = "fooled(real)", weights: str = "G.trainable_variables", asked: str = "weights") -> str:
    return HEAD.format(outputs=outputs, loss=loss, weights=weights, asked=asked)


def repaired(text: str, at: str) -> str | None:
    file = SourceFile(PATH, text)

    def place(words: str) -> object:
        start = text.index(words)
        return file.place(start, start + len(words))

    call = text[text.index("tape.gradient(") : text.index("\n\n\ng =")]
    related = (Related("the gradient is asked for here", place(call)),)  # type: ignore[arg-type]
    message = f"`{at}` does not depend on all 2 of `weights`: no path leads from them to the loss"
    found = Diagnosis("constant-loss", "proven", "error", message, "why", place(at), related, "none", (), (), Fix("by hand"), "")  # type: ignore[arg-type]
    offered = with_repair(found, {PATH: text}).fix
    return None if offered is None or not offered.edits else applied(file, offered.edits, 0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        program(),
        program(weights="G.layers[0].trainable_weights + G.trainable_weights[:0]"),
        program(asked="G.trainable_variables"),
        program("        real = D(images)\n        fake = D(pictures)"),
        program("        real = D(images)\n        painted = tf.identity(pictures)\n        fake = D(painted)"),
    ],
)
def test_the_other_output_is_read(text: str) -> None:
    after = repaired(text, "fooled(real)")
    assert after == text.replace("fooled(real)", "fooled(fake)")
    words: dict[str, object] = {"__name__": "program"}
    exec(compile(after, PATH, "exec"), words)
    assert all(np.any(gradient) for gradient in words["g"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (program("        real = D(images)\n        other = D(pictures)\n        fake = D(pictures + 1.0)"), "fooled(real)"),  # which of the two?
        (program("        real = D(images)\n        fake = G(pictures)"), "fooled(real)"),  # made by another model
        (program("        real = D(images)\n        fake = D(images + 1.0)"), "fooled(real)"),
        (program(loss="fooled(fake)"), "fooled(fake)"),  # it is in there: something else is wrong
        (program("        real = D(images)\n        real = real + 1.0\n        fake = D(pictures)"), "fooled(real)"),  # bound twice
        (program(asked="[G.layers[0].kernel]"), "fooled(real)"),
    ],
)
def test_what_is_not_certain_is_left_alone(text: str, at: str) -> None:
    assert repaired(text, at) is None
