"""What is handed to the tape as a variable and is none, or is no longer."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

x = tf.random.normal([8, 3])


def array():
    w = np.zeros((3, 1), dtype="float32")  # cut not-a-variable
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(x @ w)
    return tape.gradient(loss, w)


def tensor_beside_a_variable():
    w = tf.convert_to_tensor(np.random.randn(3, 1), tf.float32)  # cut not-a-variable
    b = tf.Variable(tf.zeros([1]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(x @ w + b)
    return tape.gradient(loss, [w, b])


def stepped_tensor():
    w = tf.zeros([3, 1])  # cut not-a-variable
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(x @ w)
        w = w - 0.1 * tape.gradient(loss, w)


def rebound():
    w = tf.Variable(tf.zeros([3, 1]))
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(x @ w)
        grad = tape.gradient(loss, w)
        w = w - 0.1 * grad  # cut variable-replaced


def rebound_with_an_operator():
    w = tf.Variable(tf.zeros([3, 1]))
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(x @ w)
        grad = tape.gradient(loss, w)
        w -= 0.1 * grad  # cut variable-replaced


def assigned_in_place():
    w = tf.Variable(tf.zeros([3, 1]))
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(x @ w)
        w.assign_sub(0.1 * tape.gradient(loss, w))


def in_a_dict():
    parameters = {"w": tf.Variable(tf.zeros([3, 1])), "b": tf.Variable(tf.zeros([1]))}
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(x @ parameters["w"] + parameters["b"])
        grads = tape.gradient(loss, parameters)
        for name in parameters:
            parameters[name] = parameters[name] - 0.1 * grads[name]  # cut variable-replaced


def integer():
    w = tf.Variable(3)  # cut non-float-variable
    with tf.GradientTape() as tape:
        loss = tf.cast(w, tf.float32) ** 2
    return tape.gradient(loss, w)


def frozen():
    w = tf.Variable(1.0, trainable=False)  # cut not-trainable
    with tf.GradientTape() as tape:
        loss = w**2
    return tape.gradient(loss, w)


def frozen_but_watched():
    w = tf.Variable(1.0, trainable=False)
    with tf.GradientTape() as tape:
        tape.watch(w)
        loss = w**2
    return tape.gradient(loss, w)


def unused():
    w = tf.Variable(1.0)
    v = tf.Variable(2.0)  # cut unused-variable
    with tf.GradientTape() as tape:
        loss = w**2
    return tape.gradient(loss, [w, v])


def result_overwritten():
    w, v = tf.Variable(tf.zeros([3, 2])), tf.Variable(tf.zeros([3, 2]))
    with tf.GradientTape() as tape:
        out = x @ w
        out = x @ v  # cut unused-variable
        loss = tf.reduce_sum(out)
    return tape.gradient(loss, [w, v])


def used_in_one_branch(flag):
    w, v = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        loss = w**2 if flag else v * w
    return tape.gradient(loss, [w, v])


def of_unknown_origin(loss, variables, tape):
    return tape.gradient(loss, variables)


def nothing_listed():
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = w**2
    return tape.gradient(loss, [])  # cut empty-variable-list


def used_up(optimizer):
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = w**2
    pairs = zip(tape.gradient(loss, [w]), [w])
    for gradient, variable in pairs:  # cut empty-variable-list
        print(variable.name, tf.norm(gradient))
    keras_optimizer = tf.keras.optimizers.SGD(0.1)
    keras_optimizer.apply_gradients(pairs)


@dataclass
class Line:
    slope: tf.Variable
    offset: tf.Variable

    def __call__(self, inputs):
        return self.slope * inputs + self.offset


def fields_of_a_dataclass():
    line = Line(tf.Variable(1.0), tf.Variable(0.0))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(line(x) ** 2)
    return tape.gradient(loss, [line.slope, line.offset])


class Memory(tf.Module):
    def __init__(self):
        super().__init__()
        self.cell = tf.Variable(tf.zeros([3]), trainable=False)
        self.w = tf.Variable(tf.ones([3]))

    def __call__(self, row):
        self.cell.assign(row * self.w)  # cut state-round-trip
        return tf.reduce_sum(self.cell)


def stored_and_read_back():
    memory = Memory()
    with tf.GradientTape() as tape:
        loss = memory(x[0])
    return tape.gradient(loss, memory.trainable_variables)


class Agent:
    def __init__(self):
        self.policy = tf.keras.Sequential([tf.keras.layers.Dense(4), tf.keras.layers.Dense(2)])
        self.states = []

    def remember(self, state):
        self.states.append(state)

    def learn(self):
        with tf.GradientTape() as tape:
            loss = 0.0
            for state in self.states:
                loss += tf.reduce_sum(self.policy(state))
        return tape.gradient(loss, self.policy.trainable_variables)
