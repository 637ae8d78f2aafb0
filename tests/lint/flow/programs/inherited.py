"""Weights that a class below a layer of Keras inherits, and gradient functions that leave out one argument of several."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

x = np.ones((8, 6, 6, 3), "float32")
y = np.ones((8, 1), "float32")


# -- a helper rounds the inherited kernel ------------------------------------------------------------------------------------


class BinaryConv(layers.Conv2D):
    def binary(self):
        return ops.sign(self.kernel)  # cut non-differentiable-op

    def call(self, inputs):
        return ops.conv(inputs, self.binary(), padding="valid") + self.bias


net = keras.Sequential([keras.Input((6, 6, 3)), BinaryConv(4, 3), layers.Flatten(), layers.Dense(1)])
net.compile("adam", "mse")
net.fit(x, y, verbose=0)


class StraightThroughConv(layers.Conv2D):
    def binary(self):
        return self.kernel + ops.stop_gradient(ops.sign(self.kernel) - self.kernel)

    def call(self, inputs):
        return ops.conv(inputs, self.binary(), padding="valid") + self.bias


net = keras.Sequential([keras.Input((6, 6, 3)), StraightThroughConv(4, 3), layers.Flatten(), layers.Dense(1)])
net.compile("adam", "mse")
net.fit(x, y, verbose=0)


class HardTable(keras.layers.Embedding):
    def call(self, ids):
        hard = tf.one_hot(tf.argmax(self.embeddings, axis=-1), 4)  # cut index-only
        return tf.gather(hard, ids)


table = HardTable(10, 4)
top = tf.Variable([[1.0], [2.0], [3.0], [4.0]])
with tf.GradientTape() as tape:
    loss = tf.reduce_mean((table(tf.constant([1, 2])) @ top) ** 2)
tape.gradient(loss, [*table.trainable_variables, top])


class RoundedOutside(layers.Dense):
    """The kernel counts in `super().call`; beside it, it is only measured."""

    def call(self, inputs):
        self.levels = ops.round(self.kernel * 7.0)
        return super().call(inputs)


class OwnKernel(layers.Dense):
    """It makes its kernel itself."""

    def build(self, shape):
        self._kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.bias = None

    def call(self, inputs):
        return inputs @ self.kernel


class Swapped(layers.Dense):
    """The kernel steps aside for one call."""

    def call(self, inputs):
        kept = self._kernel
        self._kernel = kept + ops.stop_gradient(ops.round(kept) - kept)
        result = ops.matmul(inputs, self.kernel)
        self._kernel = kept
        return result


class Frozen(layers.Dense):
    def __init__(self, units):
        super().__init__(units, trainable=False)

    def call(self, inputs):
        return inputs @ ops.round(self.kernel)


class MaybeBiased(layers.Dense):
    def call(self, inputs):
        result = ops.matmul(inputs, self.kernel)
        return result + self.bias if self.use_bias else result


healthy = keras.Sequential(
    [keras.Input((3,)), RoundedOutside(5), OwnKernel(5), Swapped(5, use_bias=False), Frozen(5), MaybeBiased(1, use_bias=False)]
)
healthy.compile("adam", "mse")
healthy.fit(np.ones((4, 3), "float32"), y[:4], verbose=0)


# -- None for one argument of several ----------------------------------------------------------------------------------------


@tf.custom_gradient
def learned_step(x, step):
    def grad(upstream):
        passed = upstream * tf.cast(tf.abs(x) < 1.0, x.dtype)
        return (
            passed,
            None,  # cut custom-gradient
        )

    return tf.round(x / step) * step, grad


step = tf.Variable(0.1)
w = tf.Variable([0.3, 0.7])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(learned_step(w, step) ** 2)
tape.gradient(loss, [w, step])


@tf.custom_gradient
def scaled(value, scale):
    def grad(upstream):
        from_scale = None
        return [upstream * scale, from_scale]  # cut custom-gradient

    return value * scale, grad


class Gain(layers.Layer):
    def build(self, shape):
        self.gain = self.add_weight(shape=(), name="gain")

    def call(self, inputs):
        return scaled(inputs, tf.convert_to_tensor(self.gain))


net = keras.Sequential([keras.Input((3,)), layers.Dense(3), Gain(), layers.Dense(1)])
net.compile("adam", "mse")
net.fit(np.ones((4, 3), "float32"), y[:4], verbose=0)


@tf.custom_gradient
def clipped(value, limit):
    """No gradient for a limit that is a setting."""

    def grad(upstream):
        return tf.clip_by_value(upstream, -limit, limit), None

    return tf.identity(value), grad


with tf.GradientTape() as tape:
    loss = tf.reduce_sum(clipped(w * step, 0.5) ** 2)
tape.gradient(loss, [w, step])


with tf.GradientTape() as tape:
    loss = tf.reduce_sum(clipped(w, step) ** 2) * step  # it counts outside as well
tape.gradient(loss, [w, step])
