"""Values that are kept under names: clones, named tuples, cached properties, dicts whose keys only a run knows, arrays of tensors."""

import collections
import copy
import dataclasses
import functools
import types

import keras
import numpy as np
import tensorflow as tf

x = tf.random.normal([4, 3])
Task = collections.namedtuple("Task", "inputs targets")  # noqa: PYI024


def network():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])


def mse(net, task):
    return tf.reduce_mean(tf.square(net(task.inputs) - task.targets))


def adapted():
    slow, task = network(), Task(*(x, x[:, :2]))
    with tf.GradientTape() as tape:
        fast = keras.models.clone_model(slow)
        fast.set_weights(slow.get_weights())  # cut left-tensorflow
        loss = mse(fast, task._replace(inputs=2 * x))
    return tape.gradient(loss, slow.trainable_variables)


def cloned_and_trained():
    slow = network()
    inputs = keras.Input((3,))
    slower = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    for fast in (keras.models.clone_model(slow), copy.deepcopy(slower)):
        with tf.GradientTape() as tape:
            loss = mse(fast, types.SimpleNamespace(inputs=x, targets=x[:, :2]))
        yield tape.gradient(loss, fast.trainable_variables)


class Learner:
    def __init__(self):
        self.net = network()
        self.listed = self.net.trainable_variables  # cut variable-recreated

    def renew(self):
        self.kept = [tf.identity(w) for w in self.net.trainable_variables]
        self.net = keras.models.clone_model(self.net)

    def step(self):
        with tf.GradientTape() as tape:
            loss = tf.add_n([tf.nn.l2_loss(w - k) for w, k in zip(self.net.trainable_variables, self.kept)])
        return tape.gradient(loss, self.listed)


learner = Learner()
learner.renew()
learner.step()


class Weights:
    def __init__(self):
        self.logits = tf.Variable(tf.ones([3]))

    @functools.cached_property
    def shares(self):
        return tf.nn.softmax(self.logits)


def read_before():
    weights = Weights()
    print(weights.shares)  # cut outside-tape
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(weights.shares * [1.0, 2.0, 3.0])
    return tape.gradient(loss, [weights.logits])


def read_within():
    weights = Weights()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(weights.shares * [1.0, 2.0, 3.0])
    return tape.gradient(loss, [weights.logits])


def by_name():
    kept = {v.name: v for v in (tf.Variable(1.0), tf.Variable(2.0))}
    first, second = kept.values()
    with tf.GradientTape() as tape:
        loss = np.square(first) + tf.square(second)  # cut left-tensorflow
    return tape.gradient(loss, kept)


def moved(picture):
    return tf.clip_by_value(picture, 0.0, 1.0)


def painted():
    state = {"canvas": tf.Variable(tf.zeros([3]))}
    for _ in range(3):
        canvas = state["canvas"]
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(canvas - x[0]))
        state["canvas"] = moved(canvas - 0.1 * tape.gradient(loss, canvas))  # cut variable-replaced


@tf.function
def rolled_out(policy):
    seen = tf.TensorArray(tf.float32, size=3)
    for t in tf.range(3):
        seen.write(t, policy(x))  # cut value-discarded
    return seen.stack()


@tf.function
def kept(policy):
    seen = tf.TensorArray(tf.float32, size=3)
    for t in tf.range(3):
        seen = seen.write(t, policy(x))
    return seen.stack()


def controlled():
    for run in (rolled_out, kept):
        policy = network()
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(run(policy)))
        yield tape.gradient(loss, policy.trainable_variables)


@dataclasses.dataclass
class Layer:
    size: int
    scale: float = 2.0

    def __post_init__(self):
        self.w = tf.Variable(tf.random.normal([3, self.size])) * self.scale  # cut not-a-variable
        self.b = tf.Variable(tf.zeros([self.size]))
        self.params = [self.w, self.b]


def by_hand():
    layer = Layer(2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x @ layer.w + layer.b))
    for p, g in zip(layer.params, tape.gradient(loss, layer.params)):
        if g is not None:
            p.assign_sub(0.1 * g)
