"""Values that leave TensorFlow through a door of Keras: `model.predict(x)`, `K.get_value(v)`. TensorFlow runs what comes out."""

from __future__ import annotations

from repairs.of_runs import HEAD, Case, judged

LEFT = "`...` takes the value out of TensorFlow; it comes back as a constant, so `w` gets no gradient"
UNUSED = "the result of `...` does not reach the loss, so `w` gets no gradient"
PREDICTING = """net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
w = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = {called}
    loss = tf.reduce_sum(tf.square({used}))
g = [tape.gradient(loss, w)]
"""
INSIDE = """from keras import backend as K
{before}w = tf.Variable(0.5)
def slope():
    value = {read}
    return {result}
@tf.function
def step():
    with tf.GradientTape() as tape:
        s = slope()  # read
        loss = tf.reduce_sum(tf.tanh(x * s))
    return tape.gradient(loss, w)
g = [step()]
"""


def predicted(called: str, after: str, used: str = "y") -> Case:
    return Case("left-tensorflow", LEFT, HEAD + PREDICTING.format(called=called, used=used), called, called, after)


def inside(read: str, after: str, result: str = "value", after_result: str = "", before: str = "") -> Case:
    text = HEAD + INSIDE.format(read=read, result=result, before=before)
    old = f"    value = {read}\n    return {result}"
    return Case("unused-variable", UNUSED, text, "slope()  # read", old, f"    value = {after}\n    return {after_result or result}")


CASES = [
    predicted("net.predict(x * w)", "net(x * w)"),
    predicted("net.predict(x * w, verbose=0, batch_size=2)", "net(x * w)"),
    predicted("net.predict_on_batch(x * w)", "net(x * w)", "y[1]"),
    inside("K.get_value(w)", "w"),
    inside("K.eval(w)", "w", "min(max(value, 0.1), 4.0)", "tf.minimum(tf.maximum(value, 0.1), 4.0)"),
    inside("w.numpy()", "w", "2.0 * max(0.1, value)", "2.0 * tf.maximum(0.1, value)"),
    inside("K.get_value(w)", "w", "max(value, 0.1)", before="def max(a, b):\n    return a\n"),
]
LEFT_ALONE = [
    predicted("net.predict(x * w, callbacks=[])", ""),
    predicted("net.predict(x * w)", "", "y.cumsum()"),
    inside("K.get_value(w)", "", "max(value, 0.1, 0.2)"),
]


test_the_repair_and_what_tensorflow_says, test_what_is_not_certain_is_left_alone = judged(CASES, LEFT_ALONE)
