"""Numbers that spoil a gradient which is there: infinity as a factor, factors that both start at zero. And lists that are empty by name."""

import keras
import numpy as np
import tensorflow as tf

x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
allowed = tf.constant([[True, False], [True, True]])


def masked_by_a_factor(scores):
    return tf.nn.softmax(scores * tf.where(allowed, 1.0, -np.inf))  # cut non-finite


def masked_by_infinity(scores):
    blocked = 1.0 - tf.cast(allowed, tf.float32)
    return tf.nn.softmax(scores + tf.multiply(blocked, float("-inf")))  # cut non-finite


def masked_by_a_constant(scores):
    lowest = tf.constant(-np.inf)
    return tf.nn.softmax(scores + lowest * tf.cast(~allowed, tf.float32))  # cut non-finite


def masked_by_choice(scores):
    return tf.nn.softmax(tf.where(allowed, scores, -np.inf))


def masked_by_ones(scores):
    return tf.nn.softmax(tf.where(allowed, scores, tf.ones_like(scores) * -np.inf))


def masked_by_much(scores):
    return tf.nn.softmax(scores + tf.cast(~allowed, tf.float32) * -1e9)


LOWEST = -np.inf


def masked_by_a_name(scores):
    return tf.nn.softmax(scores + LOWEST * tf.cast(~allowed, tf.float32))  # cut non-finite


def huber(error, limit=np.inf):
    small = 0.5 * tf.square(error)
    if np.isinf(limit):
        return small
    return tf.where(tf.abs(error) < limit, small, limit * (tf.abs(error) - 0.5 * limit))


def clipped(scores, limit=float("inf")):
    return scores if limit == float("inf") else scores * limit


def scaled(scores, limit=float("inf")):
    return scores * limit


def best_so_far():
    best = np.inf
    w = tf.Variable([[0.5], [0.5]])
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x @ w) ** 2)
        if loss < best:
            best = loss
        w.assign_sub(0.1 * tape.gradient(loss, w))


for mask in (
    masked_by_a_factor,
    masked_by_infinity,
    masked_by_a_constant,
    masked_by_choice,
    masked_by_ones,
    masked_by_much,
    masked_by_a_name,
    huber,
    clipped,
    scaled,
):
    kernel = tf.Variable([[0.1, 0.2], [0.3, 0.4]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(mask(x @ kernel)[:, 0])
    tape.gradient(loss, kernel)


class Adapter(keras.layers.Layer):
    def __init__(self, start):
        super().__init__()
        self.start = start
        self.base = keras.layers.Dense(2)

    def build(self, shape):
        self.down = self.add_weight(shape=(2, 1), initializer=self.start)
        self.up = self.add_weight(shape=(1, 2), initializer="zeros")

    def call(self, inputs):
        return self.base(inputs) + (inputs @ self.down) @ self.up  # cut zero-factor


def adapt(start):
    layer = Adapter(start)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(layer(x) ** 2)
    return tape.gradient(loss, layer.trainable_variables)


def two_layers(first):
    second = tf.Variable(tf.zeros([3, 1]))
    offset = tf.Variable(tf.zeros([1]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((tf.nn.relu(x @ first) @ second + offset - 1.0) ** 2)  # cut zero-factor
    return tape.gradient(loss, [first, second, offset])


def two_layers_with_a_bias(first):
    second, shift = tf.Variable(tf.zeros([3, 1])), tf.Variable(tf.ones([3]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(((x @ first + shift) @ second - 1.0) ** 2)
    return tape.gradient(loss, [first, shift, second])


def set_afterwards():
    left, right = tf.Variable(tf.zeros([2, 1])), tf.Variable(tf.zeros([1, 2]))
    left.assign(tf.random.normal([2, 1]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ left @ right - 1.0) ** 2)
    return tape.gradient(loss, [left, right])


adapt("zeros")
adapt(keras.initializers.RandomNormal(stddev=0.02))
two_layers(tf.Variable(tf.zeros([2, 3])))
two_layers(tf.Variable(tf.random.normal([2, 3])))
two_layers_with_a_bias(tf.Variable(tf.zeros([2, 3])))
set_afterwards()


def parts():
    body = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="body"), keras.layers.Dense(1, name="head")])
    return body, body.trainable_variables


def by_name(listed, body):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((body(x) * own[0]) ** 2)
    return tape.gradient(loss, listed)


net, variables = parts()
own = [tf.Variable(1.0, name="head/scale")]
by_name([v for v in variables if v.name.startswith("head")], net)  # cut empty-variable-list
by_name([v for v in variables if "head/" in v.name], net)  # cut empty-variable-list
by_name([v for v in variables if v.path.startswith("head")], net)
by_name([v for v in variables if "kernel" in v.name], net)
by_name([v for v in variables if "bias" not in v.name], net)
by_name([v for v in [*variables, *own] if v.name.startswith("head")], net)
