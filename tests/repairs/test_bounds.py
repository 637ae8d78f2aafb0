"""Activations and numbers that grow or shrink too much, and arguments on the border: TensorFlow runs what comes out."""

from __future__ import annotations

import numpy as np
import pytest

from repairs.of_runs import ASKED, HEAD, PATH, POINTS, Case, judged
from whygrad.model import Diagnosis, Fix, PathStep
from whygrad.repairs.edits import applied
from whygrad.repairs.file import SourceFile
from whygrad.repairs.offering import with_repair

SLOPE = "the slope of `...` is not finite (its arguments reach from 0 to 1), so the gradient of `w` is not finite"
GIVES = "`...` gives NaN or infinity, so the gradient of `w` is not finite"
RECURRENT = """cfg = {{"act": "{act}"}}
model = keras.Sequential([keras.Input((None, 1)), {layer}, keras.layers.Dense(1)])
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(model(tf.ones([2, 9, 1])) ** 2)
g = tape.gradient(loss, model.trainable_variables)
"""
MASKED = """{policy}
w = tf.Variable([[0.5, 0.25]], dtype={dtype})
mask = tf.constant([[0.0, 1.0]], {dtype})
with tf.GradientTape() as tape:
    y = tf.nn.softmax(w + {number})
    loss = tf.reduce_sum(tf.square(y * w))
g = [tape.gradient(loss, w)]
"""


def at_border(before: str, after: str) -> Case:
    return Case("non-finite", SLOPE, f"{HEAD}{POINTS}y = {before}{ASKED}", before, before, after)


def cell(layer: str, before: str, after: str, act: str = "relu") -> Case:
    return Case("non-finite", GIVES, HEAD + RECURRENT.format(act=act, layer=layer), layer, before, after)


def masked(number: str, after: str, policy: str = "", dtype: str = "tf.float16") -> Case:
    text = HEAD + MASKED.format(number=number, policy=policy, dtype=dtype)
    return Case("non-finite", GIVES, text, number, policy or number, after)


CASES = [
    at_border("tf.acos(x @ w / 4.0)", "tf.acos(tf.clip_by_value(x @ w / 4.0, -1.0 + 1e-6, 1.0 - 1e-6))"),
    at_border("ops.arcsin(x @ w / 4.0)", "ops.arcsin(ops.clip(x @ w / 4.0, -1.0 + 1e-6, 1.0 - 1e-6))"),
    cell('keras.layers.LSTM(3, activation="relu")', '"relu")', '"tanh")'),
    cell("keras.layers.GRU(3, activation=tf.nn.relu)", "activation=tf.nn.relu", 'activation="tanh"'),
    cell("keras.layers.SimpleRNN(3, activation=cfg['act'])", '"relu"', '"tanh"'),
    masked("(1.0 - mask) * -1e9", "(1.0 - mask) * -1e4"),
    masked("(1.0 - mask) * BIG", "BIG = -1e4", "BIG = -1e9"),
]
LEFT_ALONE = [
    at_border("tf.cos(x @ w)", ""),
    cell('keras.layers.LSTM(3, activation="sigmoid")', "", ""),
    cell("keras.layers.LSTM(3, activation=cfg['act'])", "", "", "sigmoid"),
    cell('keras.layers.Dense(3, activation="relu")', "", ""),
    masked("(1.0 - mask) * -1e9", "", dtype="tf.float32"),
    masked("(1.0 - mask) * -1e3", ""),
]


test_the_repair_and_what_tensorflow_says, test_what_is_not_certain_is_left_alone = judged(CASES, LEFT_ALONE)


DEEP = HEAD + "{made}\nwith tf.GradientTape() as tape:\n    h = x\n{body}\n    loss = tf.reduce_sum(h ** 2)\ng = tape.gradient(loss, {asked})\n"
WEIGHTS = "ws = [tf.Variable(tf.eye(2) * 0.9 + 0.05) for _ in range(30)]"
TABLE = 'act = {"sigmoid": tf.nn.sigmoid, "gelu": tf.nn.gelu, "relu": tf.nn.relu}[options["kind"]]'
LAYERS = "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, activation={}), keras.layers.Dense(1, activation='sigmoid')])"
FADING = [
    (
        DEEP.format(made=WEIGHTS, body="    for w in ws:\n        h = tf.nn.sigmoid(h @ w)", asked="ws"),
        "tf.nn.sigmoid(h @ w)",
        "tf.nn.sigmoid",
        "tf.nn.tanh",
    ),
    (
        DEEP.format(made=f'options = {{"kind": "sigmoid"}}\n{WEIGHTS}\n{TABLE}', body="    for w in ws:\n        h = act(h @ w)", asked="ws"),
        "act(h @ w)",
        '"kind": "sigmoid"',
        '"kind": "gelu"',
    ),
    (
        DEEP.format(made=LAYERS.format('"sigmoid"'), body="    h = model(h)", asked="model.trainable_variables"),
        "model(h)",
        '4, activation="sigmoid"',
        '4, activation="tanh"',
    ),
]
NOT_FADING = [
    (DEEP.format(made=WEIGHTS, body="    h = tf.sigmoid(h @ ws[0])", asked="ws[:1]"), "tf.sigmoid(h @ ws[0])"),  # a probability
    (DEEP.format(made=LAYERS.format("'relu'"), body="    h = model(h)", asked="model.trainable_variables"), "model(h)"),
]


def calmer(text: str, found: str, op: str = "Sigmoid") -> str:
    file = SourceFile(PATH, text)
    start = text.index(found)
    at = file.place(start, start + len(found))
    way = (PathStep(found, op, True, at),)
    said = Diagnosis("vanishing", "proven", "warning", "the gradient fades", "why", at, (), "zeros", (), way, Fix("by hand"), "")
    fix = with_repair(said, {PATH: text}).fix
    assert fix is not None
    assert fix.safety == "review"
    return applied(file, fix.edits, 0, len(text)) if fix.edits else text


@pytest.mark.parametrize(("text", "found", "before", "after"), FADING)
def test_a_steeper_activation(text: str, found: str, before: str, after: str) -> None:
    made = calmer(text, found)
    assert made == text.replace(before, after, 1)
    words: dict[str, list[object]] = {"__name__": "program"}  # type: ignore[dict-item]
    exec(compile(made, PATH, "exec"), words)
    assert all(np.any(gradient) for gradient in words["g"])  # type: ignore[call-overload]


@pytest.mark.parametrize(("text", "found"), NOT_FADING)
def test_a_sigmoid_that_gives_the_result_stays(text: str, found: str) -> None:
    assert calmer(text, found) == text


def test_what_is_no_sigmoid_stays() -> None:
    text, found, *_ = FADING[0]
    assert calmer(text, found, "Tanh") == text
