"""Repairs that only a run can ask for: its diagnoses are written by hand here, and TensorFlow runs what comes out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest

from whygrad.model import Diagnosis, Fix, Location, Related, VariableInfo
from whygrad.repairs.edits import applied
from whygrad.repairs.file import SourceFile
from whygrad.repairs.offering import with_repair

PATH = "train.py"
ROOT = "the slope of the square root in `...` is infinite at 0, and 8 of its 64 arguments are 0, so the gradient of `w` is not finite"
LOG = "`...` takes the logarithm of 0 (1 of 8, the first is [0]), so the gradient of `w` is not finite"
QUOTIENT = "`...` divides by zero (1 of 8, the first is [0]), so the gradient of `w` is not finite"
RAW = "`layer.w` is a raw tf.Variable on a Keras 3 layer: Keras does not track it, so it never trains"
EQUAL = "all 3 units of `dense/kernel` begin equal and get equal gradients, so together they can do no more than one unit could"
ZEROS = "`x @ a @ b` multiplies by zero (`b`: all 2 values of it are zero), so the gradient of `a` and `b` is zero"
EMPTY = "`model.trainable_variables` is empty: there is nothing to train"
FLAT = "all 8 values that go into the relu of `...` are negative or zero (the largest is -1), so the gradient of `w` is zero"
HEAD = """import keras
import numpy as np
import tensorflow as tf
from keras import ops
keras.utils.set_random_seed(0)
x = tf.constant([[0.0, 0.0], [3.0, 4.0]])
"""
POINTS = "w = tf.Variable([[1.0, 0.0], [0.0, 1.0]])\nwith tf.GradientTape() as tape:\n    "
ASKED = "\n    loss = tf.reduce_sum(y)\ng = [tape.gradient(loss, w)]\n"


@dataclass(frozen=True)
class Case:
    """`found`: the text that the diagnosis marks, its first place; `before` -> `after`: what is changed in the program."""

    cause: str
    message: str
    program: str
    found: str
    before: str
    after: str
    variables: tuple[tuple[str, str], ...] = ()  # their names, and the text that makes them
    related: tuple[tuple[str, str], ...] = ()


def at_zero(message: str, before: str, after: str) -> Case:
    return Case("non-finite", message, f"{HEAD}{POINTS}y = {before}{ASKED}", before, before, after)


def equal(before: str, after: str, rest: str = "", name: str = "dense/kernel") -> Case:
    text = f"{HEAD}model = keras.Sequential([{before}, keras.layers.Dense(1)])\nmodel(x)\n{rest}"
    step = "with tf.GradientTape() as tape:\n    loss = tf.reduce_sum(model(x + 1.0) ** 2)\ng = tape.gradient(loss, model.trainable_variables)\n"
    return Case("identical-units", EQUAL, text + step, before, before, after, ((name, before),))


def zeros(one: str, other: str, after_one: str, after_other: str) -> Case:
    made = f"a = tf.Variable({one})\nb = tf.Variable({other})"
    text = f"{HEAD}{made}\nwith tf.GradientTape() as tape:\n    loss = tf.reduce_sum((x @ a @ b - 1.0) ** 2)\ng = tape.gradient(loss, [a, b])\n"
    after = f"a = tf.Variable({after_one})\nb = tf.Variable({after_other})"
    return Case("zero-factor", ZEROS, text, "x @ a @ b", made, after, (("a", f"tf.Variable({one})"), ("b", f"tf.Variable({other})")))


def flat(before: str, after: str, around: str = "{}") -> Case:
    """One expression that is flat for `-x @ w - 1`."""
    text = f"{HEAD}{POINTS}h = x @ w - 9.0\n    y = {around.format(before)}{ASKED}"
    return Case("flat-region", FLAT, text, before, before, after)


def dying(layer: str, after: str, around: str = "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), {}])", rest: str = "") -> Case:
    """A layer whose bias lets it give zeros only."""
    step = "with tf.GradientTape() as tape:\n    loss = tf.reduce_sum(model(x) ** 2)\ng = tape.gradient(loss, model.trainable_variables)\n"
    text = f"{HEAD}inputs = keras.Input((2,))\n{around.format(layer)}\n{rest}{step}"
    return Case("flat-region", FLAT, text, layer, layer, after)


LOW = "bias_initializer=keras.initializers.Constant(-9.0)"
ONE_CLASS = """y = np.array([0.0, 1.0])
model.compile(loss="categorical_crossentropy")
"""
LAYER = """class Scale(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = {}
    def call(self, x):
        return x * self.w
model = keras.Sequential([keras.Input((2,)), Scale()])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model(x))
assert model.trainable_variables
g = tape.gradient(loss, model.trainable_variables)
"""
TRACKED = HEAD + LAYER
LAMBDA = """w = tf.Variable([1.0, 2.0])
spare = tf.Variable(1.0)
model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda t: t * w)])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model(x))
g = tape.gradient(loss, model.trainable_variables)
assert len(g) == 1
"""
FROZEN = """class Game:
    def __init__(self):
        self.d = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        self.d.trainable = False

    def step(self):
{before}        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(self.d(x) ** 2)
        weights = self.d.trainable_weights
{after}        return tape.gradient(loss, weights)


game = Game()
g = game.step()
assert len(g) == 2
assert not game.d.trainable_weights
"""
RELEASED = ("        self.d.trainable = True\n", "        self.d.trainable = False\n")

CASES = [
    at_zero(ROOT, "tf.norm(x @ w, axis=-1)", "tf.sqrt(tf.reduce_sum(tf.square(x @ w), axis=-1) + 1e-12)"),
    at_zero(
        ROOT,
        "tf.linalg.norm(x @ w, ord='euclidean', axis=1, keepdims=True)",
        "tf.sqrt(tf.reduce_sum(tf.square(x @ w), axis=1, keepdims=True) + 1e-12)",
    ),
    at_zero(ROOT, "ops.norm(x @ w, axis=-1)", "ops.sqrt(ops.sum(ops.square(x @ w), axis=-1) + 1e-12)"),
    at_zero(ROOT, "tf.math.reduce_std(x @ w, axis=-1)", "tf.sqrt(tf.math.reduce_variance(x @ w, axis=-1) + 1e-12)"),
    at_zero(ROOT, "tf.sqrt(tf.square(x @ w))", "tf.sqrt(tf.square(x @ w) + 1e-12)"),
    at_zero(ROOT, "(x @ w) ** 0.5", "(x @ w + 1e-12) ** 0.5"),
    at_zero(ROOT, "tf.square(x @ w) ** 0.5", "(tf.square(x @ w) + 1e-12) ** 0.5"),
    at_zero(LOG, "tf.math.log(x @ w)", "tf.math.log(tf.maximum(x @ w, 1e-12))"),
    at_zero(QUOTIENT, "(x @ w) / (x @ w)[:, :1]", "tf.math.divide_no_nan(x @ w, (x @ w)[:, :1])"),
    Case(
        "not-trainable",
        RAW,
        TRACKED.format("tf.Variable(tf.ones([2]), name='w')"),
        "tf.Variable(tf.ones([2]), name='w')",
        "tf.Variable",
        "keras.Variable",
    ),
    equal("keras.layers.Dense(3, kernel_initializer='ones')", "keras.layers.Dense(3)"),
    equal("keras.layers.Dense(3, kernel_initializer=keras.initializers.Constant(0.1), name='d')", "keras.layers.Dense(3, name='d')"),
    zeros(
        "tf.zeros([2, 3])",
        "np.zeros((3, 1), np.float32)",
        "tf.random.normal([2, 3], stddev=0.1)",
        "np.random.normal(0.0, 0.1, (3, 1)).astype(np.float32)",
    ),
    zeros(
        "tf.zeros([2, 3], tf.float32)",
        "tf.zeros([3, 1])",
        "tf.random.normal([2, 3], stddev=0.1, dtype=tf.float32)",
        "tf.random.normal([3, 1], stddev=0.1)",
    ),
    Case("empty-variable-list", EMPTY, HEAD + LAMBDA, "model.trainable_variables", "model.trainable_variables", "[w]"),
    flat("tf.nn.relu(h)", "tf.nn.leaky_relu(h)"),
    flat("ops.relu(h)", "ops.leaky_relu(h)"),
    flat("tf.nn.relu(h - 1.0)", "tf.nn.leaky_relu(h - 1.0)", "tf.exp({})"),
    flat("tf.clip_by_value(h, 0.0, 1.0)", "h + tf.stop_gradient(tf.clip_by_value(h, 0.0, 1.0) - h)"),
    flat("tf.clip_by_value(h, 0.0, 1.0)", "(h + tf.stop_gradient(tf.clip_by_value(h, 0.0, 1.0) - h))", "1.0 - {}"),
    dying(f'keras.layers.Dense(1, activation="relu", {LOW})', f"keras.layers.Dense(1, {LOW})"),
    dying(
        f'keras.layers.Dense(3, activation="relu", {LOW})',
        f"keras.layers.Dense(3, activation=tf.nn.leaky_relu, {LOW})",
        "model = keras.Sequential([keras.Input((2,)), {}, keras.layers.Dense(1)])",
    ),
    dying(f"keras.layers.Dense(1, {LOW}, activation=tf.nn.relu)", f"keras.layers.Dense(1, {LOW})", "model = keras.Sequential()\nmodel.add({})"),
    dying(
        f'keras.layers.Dense(2, activation="relu", {LOW})',
        f"keras.layers.Dense(2, activation=tf.nn.leaky_relu, {LOW})",
        "model = keras.Sequential()\nmodel.add({})\nmodel.add(keras.layers.Dense(1))",
    ),
    dying(
        f'keras.layers.Dense(1, activation="relu", {LOW})',
        f"keras.layers.Dense(1, {LOW})",
        "out = {}(inputs)\nmodel = keras.Model(inputs, out)",
    ),
    dying(
        f'keras.layers.Dense(2, activation="relu", {LOW})',
        f"keras.layers.Dense(2, activation=tf.nn.leaky_relu, {LOW})",
        "h = {}(inputs)\nmodel = keras.Model(inputs, keras.layers.Dense(1)(h))",
    ),
    dying('keras.layers.Dense(1, activation="softmax")', 'keras.layers.Dense(1, activation="sigmoid")'),
    Case(
        "empty-variable-list",
        EMPTY.replace("model.trainable_variables", "self.d.trainable_weights"),
        HEAD + FROZEN.format(before="", after=""),
        "self.d.trainable_weights",
        FROZEN.format(before="", after=""),
        FROZEN.format(before=RELEASED[0], after=RELEASED[1]),
        (),
        (("`dense` was frozen here", "self.d.trainable = False"), ("the tape begins here", "tf.GradientTape()")),
    ),
]

TWICE = "the second derivative of `...` is zero everywhere, so the gradient of `x` is zero"
CASES += [
    dataclasses.replace(flat("tf.nn.relu(h)", "tf.nn.softplus(h)"), message=TWICE),
    dataclasses.replace(dying('keras.layers.Dense(1, activation="relu")', 'keras.layers.Dense(1, activation="softplus")'), message=TWICE),
]

LEFT_ALONE = [
    flat("tf.nn.relu6(h)", ""),
    flat("tf.square(h)", ""),
    dying('keras.layers.Dense(3, activation="softmax")', ""),
    dying("keras.layers.Dense(1)", ""),
    at_zero(ROOT, "tf.norm(x @ w, ord=1, axis=-1)", ""),
    at_zero(ROOT, "tf.norm(x @ w, ord=2, axis=(0, 1))", ""),
    at_zero(ROOT, "tf.norm(x @ w,  # rows\n            axis=-1)", ""),
    at_zero("`...` takes the logarithm of a negative number (the smallest is -1)", "tf.math.log(x @ w)", ""),
    equal("keras.layers.Dense(3, kernel_initializer='he_normal')", ""),
    equal("keras.layers.Dense(3, bias_initializer='ones')", ""),
    zeros("tf.zeros([2, 3], name=x)", "np.zeros([3, 1], order='C')", "", ""),
    Case("not-trainable", RAW, TRACKED.format("tf.Variable(tf.ones([2]), shape=[None])"), "tf.Variable(tf.ones([2]), shape=[None])", "", ""),
    Case("empty-variable-list", EMPTY, HEAD + LAMBDA.replace("t * w", "t * t"), "model.trainable_variables", "", ""),
    Case(
        "empty-variable-list",
        EMPTY.replace("model.trainable_variables", "self.d.trainable_weights"),
        HEAD + FROZEN.format(before="", after="") + "game.d.trainable = False\n",
        "self.d.trainable_weights",
        "",
        "",
        (),
        (("`dense` was frozen here", "game.d.trainable = False"), ("the tape begins here", "tf.GradientTape()")),
    ),
]


def repaired(case: Case) -> str:
    file = SourceFile(PATH, case.program)

    def place(text: str) -> Location:
        start = case.program.index(text)
        return file.place(start, start + len(text))

    variables = tuple(VariableInfo(name, (), "float32", True, "zeros", place(text)) for name, text in case.variables)
    related = tuple(Related(message, place(text)) for message, text in case.related)
    fix = Fix("initialise `b` with small random numbers instead of zeros" if case.cause == "zero-factor" else "by hand")
    found = Diagnosis(case.cause, "proven", "error", case.message, "why", place(case.found), related, "none", variables, (), fix, "")
    offered = with_repair(found, {PATH: case.program}).fix
    assert offered is not None
    assert offered.safety == "review"
    return applied(file, offered.edits, 0, len(case.program)) if offered.edits else case.program


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.before[:60])
def test_the_repair_and_what_tensorflow_says(case: Case) -> None:
    text = repaired(case)
    assert text == case.program.replace(case.before, case.after, 1)
    words: dict[str, list[object]] = {"__name__": "program"}  # type: ignore[dict-item]
    exec(compile(text, PATH, "exec"), words)
    assert words["g"]
    for gradient in words["g"]:
        assert np.all(np.isfinite(gradient))  # type: ignore[call-overload]
        assert np.any(gradient)  # type: ignore[call-overload]


@pytest.mark.parametrize("case", LEFT_ALONE, ids=lambda c: c.found[:60])
def test_what_is_not_certain_is_left_alone(case: Case) -> None:
    assert repaired(case) == case.program
