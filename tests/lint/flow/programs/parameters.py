"""Parameters that are plain tensors: made in a helper, kept in a dict, a list or on an object, moved by another helper."""

import numpy as np
import tensorflow as tf

data = tf.constant(np.ones((4, 3), "float32"))


def start(sizes):
    weights = {}
    for i in range(len(sizes) - 1):
        weights["kernel" + str(i)] = tf.random.normal([sizes[i], sizes[i + 1]])  # cut not-a-variable
        weights["bias%d" % i] = tf.zeros([sizes[i + 1]])  # noqa: UP031  # cut not-a-variable
    return weights


def network(values, weights, depth):
    for i in range(depth):
        values = tf.tanh(values @ weights["kernel" + str(i)] + weights["bias%d" % i])  # noqa: UP031
    return values


def move(weights, gradients):
    for name in weights:
        weights[name] = weights[name] - 0.1 * gradients[name]
    return weights


def kept_in_a_dict():
    weights = start([3, 5, 1])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(network(data, weights, 2) ** 2)
    return move(weights, tape.gradient(loss, weights))


def fine_in_a_dict():
    weights = {name: tf.Variable(value) for name, value in start([3, 5, 1]).items()}
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(network(data, weights, 2) ** 2)
    gradients = tape.gradient(loss, weights)
    for name in weights:
        weights[name].assign_sub(0.1 * gradients[name])


def as_many_as_asked(count):
    weights = {}
    for i in range(count):
        weights["w" + str(i)] = tf.Variable(tf.ones([3, 3]))
        weights["b" + str(i)] = tf.Variable(tf.zeros([3]))
    with tf.GradientTape() as tape:
        values = data
        for i in range(count):
            values = values @ weights["w" + str(i)] + weights["b" + str(i)]
        loss = tf.reduce_sum(values)
    return tape.gradient(loss, weights)


def pair():
    return [tf.random.uniform([3, 1]), tf.zeros([1])]  # cut not-a-variable


def kept_in_a_list():
    both = pair()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(data @ both[0] + both[1])
    gradients = tape.gradient(loss, both)
    both = [value - 0.1 * gradient for value, gradient in zip(both, gradients)]
    print(both)


class Line:
    def __init__(self):
        self.slope = tf.ones([3, 1])  # cut not-a-variable
        self.offset = tf.Variable(0.0)

    def fit(self):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((data @ self.slope) ** 2)
        self.move(tape.gradient(loss, self.slope))

    def move(self, gradient):
        self.slope = self.slope - 0.1 * gradient


def of_an_input(image):
    image = tf.ones([1, 3]) * image
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(image**2)
    return image, tape.gradient(loss, image)


kept_in_a_dict()
fine_in_a_dict()
as_many_as_asked(2)
as_many_as_asked(len(data))
kept_in_a_list()
Line().fit()
