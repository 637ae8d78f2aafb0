"""Losses written as classes that leave the prediction out: the place is in their `call`, not where they are handed to `compile`."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

x = np.ones((8, 3), "float32")
y = np.ones((8, 1), "float32")


def trained(loss):
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    net.compile("adam", loss)
    net.fit(x, y, verbose=0)


class Quantile(keras.losses.Loss):
    def __init__(self, q=0.5):
        super().__init__()
        self.q = q

    def call(self, y_true, y_pred):
        error = y_true - y_true
        return ops.mean(ops.maximum(self.q * error, (self.q - 1) * error))  # cut constant-loss


trained(Quantile(0.9))


class Overwritten(keras.losses.Loss):
    def call(self, y_true, y_pred):
        y_pred = ops.cast(y_true, "float32")  # cut constant-loss
        return ops.mean(ops.square(y_true - y_pred))


trained(Overwritten())


class Relative:
    def norm(self, t):
        return ops.sqrt(ops.sum(ops.square(t)))

    def __call__(self, y_true, y_pred):
        return self.norm(y_true) / (self.norm(y_true) + 1.0)  # cut constant-loss


trained(Relative())


class Stored(keras.losses.Loss):
    """It keeps the prediction, and does not use it."""

    def call(self, y_true, y_pred):
        self.seen = y_pred
        return ops.mean(ops.square(y_true))  # cut constant-loss


trained(Stored())


class Net:
    """What it is told about training has nothing to do with it."""

    def __init__(self):
        self.w = tf.Variable([[1.0, 2.0, 3.0]])

    def __call__(self, inputs, training):
        return tf.constant([[1.0, 0.0, 2.0]]) * inputs


net = Net()
with tf.GradientTape() as tape:
    loss = tf.reduce_mean((net(x, True) - y) ** 2)  # cut constant-loss
tape.gradient(loss, [net.w])


# -- healthy -----------------------------------------------------------------------------------------------------------------


class Renamed(keras.losses.Loss):
    def call(self, y_true, y_pred):
        y_pred = ops.cast(y_pred, "float32")
        y_true = ops.ones_like(y_pred)
        return ops.mean(ops.square(y_true - y_pred))


trained(Renamed())


class OfOneSide:
    """The labels count for nothing: an energy of the prediction."""

    def __call__(self, y_true, y_pred):
        return ops.mean(ops.square(y_pred))


trained(OfOneSide())
