"""Repairs of what is flat: a run saw that every value lies there; TensorFlow runs what comes out."""

from __future__ import annotations

import dataclasses

from repairs.of_runs import ASKED, HEAD, POINTS, Case, judged

FLAT = "all 8 values that go into the relu of `...` are negative or zero (the largest is -1), so the gradient of `w` is zero"


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
CASES = [
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
]


test_the_repair_and_what_tensorflow_says, test_what_is_not_certain_is_left_alone = judged(CASES, LEFT_ALONE)
