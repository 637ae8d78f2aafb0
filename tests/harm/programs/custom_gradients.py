"""Gradients written by hand, with variables and with None, also inside a traced function; `recompute_grad`."""

import tensorflow as tf
from digest import show

w = tf.Variable([1.0, -2.0])


@tf.custom_gradient
def clipped(x):
    def grad(dy):
        return tf.clip_by_value(dy, -0.5, 0.5)

    return tf.identity(x), grad


@tf.custom_gradient
def forgets(x, y):
    return x * y, lambda dy: (dy * y, None)


@tf.custom_gradient
def scaled(x):
    def grad(dy, variables=None):
        return dy * 3.0, [dy * 7.0 for _ in variables]

    return x * w, grad


def run(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = clipped(x) * 4.0 + forgets(x, x * 2.0) + scaled(x)
        y += tf.recompute_grad(lambda t: tf.sin(t) * tf.cos(t))(x)
    return tape.gradient(y, [x, w])


x = tf.constant([0.3, 2.0])
show(run(x), tf.function(run)(x))
