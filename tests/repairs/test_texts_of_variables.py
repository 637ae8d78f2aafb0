"""Repairs of parameters that are no variables, or hold whole numbers."""

from __future__ import annotations

import pytest

from repairs.texts import HEAD, after

WEIGHT = """import keras


class Shift(keras.layers.Layer):
    def build(self, shape):
        self.{name} = self.add_weight(shape=(3,), initializer="zeros", {dtype}name="{name}")

    def call(self, inputs):
        return {read}


net = keras.Sequential([keras.Input((3,)), Shift(), keras.layers.Dense(1)])
net.compile("adam", "mse")
net.fit(x, tf.ones([8, 1]))
"""
SHIFTED = "inputs + tf.cast(self.{name}, tf.float32)"


@pytest.mark.parametrize("dtype", ['"int32"', "tf.int64", "np.int16"])
def test_a_weight_of_a_layer_becomes_floating(dtype: str) -> None:
    text, wanted = (HEAD + WEIGHT.format(name="shift", dtype=f"dtype={d}, ", read=SHIFTED.format(name="shift")) for d in (dtype, '"float32"'))
    assert after(text, unsafe=True) == wanted


@pytest.mark.parametrize(("name", "read"), [("order", "tf.gather(inputs, self.order, axis=1)"), ("seen", SHIFTED.format(name="seen"))])
def test_a_weight_that_picks_or_counts_stays_whole(name: str, read: str) -> None:
    text = HEAD + WEIGHT.format(name=name, dtype='dtype="int32", ', read=read)
    assert after(text, unsafe=True) == text


SEVERAL = """{made}
for step in range(3):
    {again}
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x * params[0] + params[1]) ** 2)
    for parameter, gradient in zip(params, tape.gradient(loss, params)):
        parameter.assign_sub(0.1 * gradient)
"""
CLASS = """class Gates:
    def __init__(self, names):
        self.gates = []
        for name in names:
            self.gates.append(MADE)

    def loss(self, parts):
        return sum(tf.sigmoid(gate) * part for gate, part in zip(self.gates, parts))


gates = Gates(["a", "b"])
with tf.GradientTape() as tape:
    loss = gates.loss([tf.reduce_mean(x), tf.reduce_mean(x**2)])
for gate, gradient in zip(gates.gates, tape.gradient(loss, gates.gates)):
    gate.assign_sub(0.1 * gradient)
"""


def test_parameters_that_one_expression_makes() -> None:
    broken, fixed = ("params = [tf.constant(0.1, tf.float32) for _ in range(2)]", "params = [tf.Variable(0.1, dtype=tf.float32) for _ in range(2)]")
    assert after(HEAD + SEVERAL.format(made=broken, again="print(step)"), unsafe=True) == HEAD + SEVERAL.format(made=fixed, again="print(step)")
    made, wanted = (HEAD + CLASS.replace("MADE", text) for text in ("tf.zeros([])", "tf.Variable(tf.zeros([]))"))
    assert after(made, unsafe=True) == wanted


def test_what_is_made_anew_in_every_step_is_no_parameter() -> None:
    text = HEAD + SEVERAL.format(made="print(x)", again="params = [tf.constant(0.1) for _ in range(2)]")
    assert after(text, unsafe=True) == text
