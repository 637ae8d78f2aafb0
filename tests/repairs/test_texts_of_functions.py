"""Repairs of functions, of what they give, and of what only a function of Python shows."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from repairs.rounds import rounds
from repairs.texts import HEAD, after, program
from whygrad.causes.non_float_variable.repair import _is_index
from whygrad.repairs.casting import uncast
from whygrad.repairs.comparing import dtype_of, is_float_cast
from whygrad.repairs.file import SourceFile

HELPER = """def moments(d):
    return np.array([np.mean(d), np.max(d)])


w = tf.Variable(tf.ones([3, 2]))
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(moments(x @ w).reshape((1, 2)))
print(tape.gradient(loss, w))
"""


def test_what_is_done_with_the_result_of_a_function() -> None:
    wanted = HELPER.replace("np.array([np.mean(d), np.max(d)])", "tf.stack([tf.reduce_mean(d), tf.reduce_max(d)])")
    wanted = wanted.replace("moments(x @ w).reshape((1, 2))", "tf.reshape(moments(x @ w), (1, 2))")
    assert after(HEAD + HELPER) == HEAD + wanted


@pytest.mark.parametrize("more", ["print(moments(np.ones(3)).tolist())\n", "print(list(map(moments, [np.ones(3)])))\n"])
def test_a_function_whose_results_cannot_be_followed(more: str) -> None:
    made = rounds((HEAD + HELPER + more).encode())
    assert made.found
    assert made.text == HEAD + HELPER + more


CAPTURED = """w = tf.Variable(tf.ones([3, 2]))
k = tf.Variable(2.0)


@tf.custom_gradient
def scaled(v):
    {text}

    def grad(up, variables=None):
        return up * k, {nothing}

    return y, grad


with tf.GradientTape() as tape:
    loss = tf.reduce_sum(scaled(x @ w))
print(tape.gradient(loss, [w, k]))
"""


@pytest.mark.parametrize("nothing", ["[None] * len(variables)", "[None for _ in variables]"])
def test_a_custom_gradient_asks_a_tape_inside(nothing: str) -> None:
    inside = "with tf.GradientTape(persistent=True) as inner:\n        y = v * k"
    wanted = HEAD + CAPTURED.format(text=inside, nothing="inner.gradient(y, variables, up)")
    assert after(HEAD + CAPTURED.format(text="y = v * k", nothing=nothing)) == wanted


def test_a_custom_gradient_around_what_has_none() -> None:
    text = HEAD + CAPTURED.format(text="y = tf.round(v * k)", nothing="[None] * len(variables)")
    assert rounds(text.encode()).text == text


DISCARDED = """import keras
from keras import layers, ops


class Encoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
        self.pooler = layers.Dense(3)

    def call(self, x):
        h = self.dense(x)
        pooled = self.pooler(h)
        return h, pooled


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
{frozen}        self.head = layers.Dense(1)

    def call(self, x):
        h, {name} = self.encoder(x)
        return self.head(h)


net = Net()
net.compile(optimizer="adam", loss="mse")
net.fit(ops.ones((4, 2)), ops.ones((4, 1)))
"""


def test_what_is_thrown_away_is_frozen() -> None:
    wanted = DISCARDED.format(frozen="        self.encoder.pooler.trainable = False\n", name="_")
    assert after(DISCARDED.format(frozen="", name="_")) == wanted


def test_what_has_a_name_may_have_been_forgotten() -> None:
    text = DISCARDED.format(frozen="", name="pooled")
    made = rounds(text.encode())
    assert made.found
    assert made.text == text


@pytest.mark.parametrize("labels", ["tf.ones_like(scores)", "0.9 * tf.ones_like(scores)", "keras.ops.full_like(scores, 0.9)"])
def test_a_label_that_overwrites_the_prediction_gets_a_name(labels: str) -> None:
    def text(name: str) -> str:
        lines = f"    {name} = {labels}\n    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels={name}, logits=scores))\n"
        return program("loss = loss_of(x @ w)", f"import keras\n{HEAD}\ndef loss_of(scores):\n{lines}\n")

    assert after(text("scores")) == text("labels")


@pytest.mark.parametrize("zeros", ["tf.zeros_like(dy)", "tf.keras.backend.zeros_like(dy)", "0.0 * dy", "None"])
def test_a_gradient_function_that_gives_zeros_hands_on_what_it_was_given(zeros: str) -> None:
    def text(given: str) -> str:
        lines = f"    def backward(dy):\n        return {given}\n\n    return tf.round(x), backward\n"
        return program("loss = tf.reduce_sum(rounded(x @ w))", f"{HEAD}\n@tf.custom_gradient\ndef rounded(x):\n{lines}\n")

    assert after(text(zeros)) == text("dy")


def test_check_calls_what_comes_in_by_its_name() -> None:
    lines = "    return tf.round(x), lambda dy: (tf.zeros_like(dy), tf.zeros_like(dy))\n"
    text = program("loss = tf.reduce_sum(rounded(x @ w, w))", f"{HEAD}\n@tf.custom_gradient\ndef rounded(x, y):\n{lines}\n")
    (found,) = rounds(text.encode()).found
    assert "returns zeros" in found.message
    assert found.fix is not None
    assert "`return dy`" in found.fix.title


@pytest.mark.parametrize(("cast", "dtype"), [("to_int32", "int32"), ("to_int64", "int64"), ("to_float", "float"), ("to_double", "double")])
def test_casts_that_are_gone_from_tensorflow_are_casts(cast: str, dtype: str) -> None:
    file = SourceFile("program.py", f"import tensorflow as tf\nvalue = tf.compat.v1.{cast}(score)\nloss = 2.0 * value\n")
    call = next(n for n in file.nodes if isinstance(n, ast.Call))
    assert dtype_of(file, call) == dtype
    assert is_float_cast(file, call) is not dtype.startswith("int")
    assert (uncast(file, call) is not None) is dtype.startswith("int")


INSIDE = {
    "np.mean(np.square(v), axis=0)": "tf.reduce_mean(tf.square(v), axis=0)",
    "np.exp(v).astype(np.float32)": "tf.exp(v)",
    "rankdata(v)": "0.5 + tf.reduce_sum(tf.sigmoid((v[:, None] - v[None, :]) / 0.05), axis=1)",
    "v.max()": "",  # what only arrays have
    "np.sort(v)": "",  # without a counterpart
}


@pytest.mark.parametrize("value", INSIDE)
def test_a_python_function_is_called_directly(value: str) -> None:
    def text(value: str, call: str) -> str:
        return program(f"loss = tf.reduce_sum({call})", f"from scipy.stats import rankdata\n{HEAD}\ndef outside(v):\n    return {value}\n\n")

    before = text(value, "tf.numpy_function(outside, [x @ w], tf.float32)")
    assert after(before) == (text(INSIDE[value], "outside(x @ w)") if INSIDE[value] else before)


COUNTED = {
    "tf.gather(x, [n])": True,
    "tf.one_hot([0, 1], depth=n)": True,
    "tf.range(n)": True,
    "np.zeros([n, 3])": True,
    "np.ones(8).reshape(n, -1)": True,
    "tf.gather(n, [0])": False,
    "tf.square(n)": False,
    "own(n)": False,
}


@pytest.mark.parametrize("read", COUNTED)
def test_whole_numbers_stay_where_only_those_may_stand(read: str) -> None:
    file = SourceFile("program.py", f"import numpy as np\nimport tensorflow as tf\nn = tf.Variable(3)\nz = {read}\n")
    made = next(n for n in file.nodes if isinstance(n, ast.Call) and file.code(n) == "tf.Variable(3)")
    assert _is_index(file, made) is COUNTED[read]


ROWS = """h = tf.zeros([1, 2])
out = np.zeros((8, 2), np.float32)
for t in range(8):
    h = tf.tanh(x[t:t + 1] @ w + h)
    out[t] = h[0]  # of this step
loss = tf.reduce_sum(out)"""
STACKED = ROWS.replace("np.zeros((8, 2), np.float32)", "[]").replace("out[t] = h[0]", "out.append(h[0])").replace("sum(out)", "sum(tf.stack(out))")
FORMS = {
    "rows": (ROWS, STACKED),
    "copied": (ROWS.replace("= h[0]", "= h[0].numpy()"), STACKED),
    "converted": (ROWS.replace("sum(out)", "sum(tf.constant(out, tf.float32))"), STACKED),
    "columns": (
        ROWS.replace("(8, 2)", "[2, 8]").replace("out[t]", "out[:, t]"),
        STACKED.replace("tf.stack(out)", "tf.stack(out, axis=1)"),
    ),
    "variable": (
        ROWS.replace("np.zeros((8, 2), np.float32)", "tf.Variable(tf.zeros([8, 2]))").replace("out[t] = h[0]", "out[t].assign(h[0])"),
        STACKED,
    ),
    "counted": (
        ROWS.replace("(8, 2)", "(len(x), 2)").replace("t in range(8)", "t, row in enumerate(x)"),
        STACKED.replace("t in range(8)", "t, row in enumerate(x)"),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_kept_in_a_list(form: str) -> None:
    body, wanted = FORMS[form]
    assert after(program(body)) == program(wanted)


@pytest.mark.parametrize(
    ("here", "instead"),
    [
        ("range(8)", "range(1, 8)"),
        ("(8, 2)", "(9, 2)"),
        ("    out[t]", "    if t % 2:\n        continue\n    out[t]"),
        ("out[t] = h[0]", "out[7 - t] = h[0]"),
        ("loss =", "out[0] = 1.0\nloss ="),
        ("sum(out)", "sum(out.mean())"),
        ("loss =", "print(out.shape)\nloss ="),
        ("for t", "out += 1.0\nfor t"),
    ],
)
def test_rows_that_are_not_all_written_in_their_order_stay(here: str, instead: str) -> None:
    body = program(ROWS.replace(here, instead))
    assert "out.append" not in after(body)


@pytest.mark.tensorflow
@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_rows_in_a_list_carry_the_gradient(form: str) -> None:
    scope: dict[str, Any] = {}
    exec(program(FORMS[form][1], result="0").replace("print(0)", "g = tape.gradient(loss, w)"), scope)
    assert float(abs(scope["g"]).numpy().max()) > 0.0


LOSS_OF_A_CLASS = """import keras


class Distance(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(tf.cast({read}, tf.float32) - 1.0))


net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
net.compile("adam", Distance())
net.fit(x, tf.ones([8, 1]))
"""


def test_a_loss_of_a_class_reads_the_prediction() -> None:
    broken, fixed = (HEAD + LOSS_OF_A_CLASS.format(read=name) for name in ("y_true", "y_pred"))
    assert after(broken, unsafe=True) == fixed
    assert after(fixed, unsafe=True) == fixed


def test_of_two_places_nobody_knows_which_was_meant() -> None:
    text = HEAD + LOSS_OF_A_CLASS.format(read="y_true - y_true")
    assert after(text, unsafe=True) == text
