"""Quantisation-aware training: weights and activations rounded, gradients passed straight through; traced step."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(44)


@tf.custom_gradient
def round_through(x):
    return tf.round(x), lambda upstream: upstream


def fake_quantise(x, bits=4):
    scale = tf.stop_gradient(tf.reduce_max(tf.abs(x))) / (2 ** (bits - 1) - 1) + 1e-8
    return round_through(x / scale) * scale


class QuantDense(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x):
        x = x + tf.stop_gradient(fake_quantise(x, bits=8) - x)
        return tf.matmul(x, fake_quantise(self.kernel)) + self.bias


model = keras.Sequential([keras.Input((8,)), QuantDense(32), keras.layers.ReLU(max_value=6.0), QuantDense(3)])
optimizer = keras.optimizers.Adam(0.01)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss


x = tf.constant(np.random.normal(size=(200, 8)), tf.float32)
y = tf.argmax(x[:, :3], axis=1)
for step in range(10):
    print(f"step {step} loss {float(train_step(x, y)):.4f}")
