"""Models with two names, models inside frozen ones, lists that were taken too early, labels that the prediction was cast to: TensorFlow runs it."""

from __future__ import annotations

from repairs.of_runs import HEAD, Case, judged

ALL_FROZEN = "`judge.trainable` freezes everything that is to be trained: `model.trainable_variables` is empty"
LIST = "the list of what is left to train is read here"
HELD = "`layer.trainable` releases `dense/kernel` inside `base`, which is frozen itself: it is not trained"
EARLY = "`model.trainable_weights` was empty when it was read: the model had no variables yet"
INTEGERS = "`tf.cast(p, y.dtype)` turns the value into int64, so `w` gets no gradient"
ASKED = "the gradient is asked for here"

ALIAS = """model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
{made}
judge.trainable = False
with tf.GradientTape() as tape:
    loss = tf.reduce_sum((model(x + 1.0) - tf.stop_gradient(judge(x)) + 1.0) ** 2)
g = tape.gradient(loss, {listed})
assert len(g) == 2
"""
INSIDE = """import tf_keras
base = tf_keras.Sequential([tf_keras.Input((2,)), tf_keras.layers.Dense(3, name="low"), tf_keras.layers.Dense(2, name="top")])
base.trainable = False
model = tf_keras.Sequential([base, tf_keras.layers.Dense(1)])
{released}
with tf.GradientTape() as tape:
    loss = tf.reduce_sum((model(x + 1.0) + 1.0) ** 2)
g = tape.gradient(loss, model.trainable_variables)
assert len(g) == 4
"""
SOME = "for layer in base.layers[1:]:\n    layer.trainable = True"
EACH = "for i, layer in enumerate(base.layers):\n    layer.trainable = i > 0"
ONE = "base.get_layer('top').trainable = True"
FREEZE = "base.trainable = True\nfor {} in base.layers:\n    {}.trainable = False\n"
LATE = """class Trainer:
    def __init__(self, net):
        self.net = net
        self.listed = {taken}
    def step(self):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((self.net(x + 1.0) + 1.0) ** 2)
        g = tape.gradient(loss, self.listed)
        return g
g = Trainer(keras.Sequential([keras.layers.Dense(1)])).step()
assert g
"""
PLAIN = """net = keras.Sequential([keras.layers.Dense(1)])
listed = net.trainable_weights
def step():
{earlier}    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((net(x + 1.0) + 1.0) ** 2)
    g = tape.gradient(loss, listed)
    return g
g = step()
assert g
"""
LOSS = """w = tf.Variable([[0.5], [0.5]])
def error(y, p):
{body}
with tf.GradientTape() as tape:
    loss = error({labels}, x @ w)
g = [tape.gradient(loss, w)]
"""
LABELS = "tf.constant([[1], [2]], tf.int64)"
SAME_NAME = "    p = tf.cast(p, y.dtype)\n    return tf.reduce_mean(tf.cast((y - p) ** 2, tf.float32))"
IN_PLACE = "    return tf.reduce_mean(tf.cast((y - tf.cast(p, y.dtype)) ** 2, tf.float32))"
ELSEWHERE = "    return tf.gather([1.0, 2.0], tf.cast(p, x.dtype))"  # the other is no name of the function


def alias(made: str, after: str, listed: str = "model.trainable_variables") -> Case:
    return Case(
        "empty-variable-list", ALL_FROZEN, HEAD + ALIAS.format(made=made, listed=listed), "judge.trainable", made, after, (), ((LIST, listed),)
    )


def inside(released: str, found: str, before: str) -> Case:
    return Case("not-trainable", HELD, HEAD + INSIDE.format(released=released), found, released, before + released)


def late(program: str, taken: str, asked: str, line: str) -> Case:
    related = ((ASKED, asked.partition(" = ")[2]), ("the tape begins here", "tf.GradientTape()"))
    return Case("empty-variable-list", EARLY, HEAD + program, taken, asked, f"{line}{asked}", (), related)


def cast(body: str, before: str, after: str, labels: str = LABELS) -> Case:
    return Case("integer-cast", INTEGERS, HEAD + LOSS.format(body=body, labels=labels), "tf.cast(p, y.dtype)", before, after)


CASES = [
    alias("judge = model", "judge = keras.models.clone_model(model)\njudge.set_weights(model.get_weights())"),
    inside(EACH, "layer.trainable", "base.trainable = True\n"),
    inside(SOME, "layer.trainable", FREEZE.format("layer_2", "layer_2")),
    inside(ONE, "base.get_layer('top').trainable", FREEZE.format("inner", "inner")),
    late(
        LATE.format(taken="net.trainable_weights"),
        "net.trainable_weights",
        "g = tape.gradient(loss, self.listed)",
        "self.listed = self.net.trainable_weights\n        ",
    ),
    late(PLAIN.format(earlier=""), "net.trainable_weights", "g = tape.gradient(loss, listed)", "listed = net.trainable_weights\n    "),
    cast(SAME_NAME, "p = tf.cast(p, y.dtype)", "y = tf.cast(y, p.dtype)"),
    cast(IN_PLACE, IN_PLACE, "    y = tf.cast(y, p.dtype)\n" + IN_PLACE.replace("tf.cast(p, y.dtype)", "p")),
]
LEFT_ALONE = [
    alias("judge = keras.models.clone_model(model)", ""),
    alias("judge = model\nif len(x) < 0:\n    judge = None", ""),
    alias("judge = model", "", listed="judge.trainable_variables"),
    inside("layer = base.layers[1]\nlayer.trainable = True", "layer.trainable", ""),
    late(PLAIN.format(earlier="    print(len(listed))\n"), "net.trainable_weights", "g = tape.gradient(loss, listed)", ""),
    late(LATE.format(taken="net.trainable_weights").replace("self.net = net", "self.net = [net][0]"), "net.train", "g = tape.gradient(", ""),
    Case("integer-cast", INTEGERS, HEAD + LOSS.format(body=ELSEWHERE, labels="1"), "tf.cast(p, x.dtype)", "", ""),
]


test_the_repair_and_what_tensorflow_says, test_what_is_not_certain_is_left_alone = judged(CASES, LEFT_ALONE)
