"""A RealNVP flow of four coupling layers, each of which starts as the identity; eager."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(4)


def ring(n):
    angle = np.random.uniform(0, 2 * np.pi, n)
    radius = np.random.normal(3.0, 0.2, n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype("float32")


class Coupling(keras.layers.Layer):
    """Shifts and scales one coordinate by what the other says."""

    def __init__(self, flip):
        super().__init__()
        self.flip = flip
        self.hidden = keras.layers.Dense(32, activation="tanh")
        self.shift_and_scale = keras.layers.Dense(2, kernel_initializer="zeros")

    def call(self, x):
        kept, moved = tf.split(x, 2, axis=1)
        if self.flip:
            kept, moved = moved, kept
        shift, log_scale = tf.split(self.shift_and_scale(self.hidden(kept)), 2, axis=1)
        log_scale = tf.tanh(log_scale)
        moved = moved * tf.exp(log_scale) + shift
        parts = [moved, kept] if self.flip else [kept, moved]
        return tf.concat(parts, axis=1), tf.squeeze(log_scale, axis=1)


flow = [Coupling(flip=bool(i % 2)) for i in range(4)]
data = tf.constant(ring(256))
optimizer = keras.optimizers.Adam(0.01)
for step in range(10):
    with tf.GradientTape() as tape:
        z, log_det = data, 0.0
        for layer in flow:
            z, contribution = layer(z)
            log_det += contribution
        log_prob = -0.5 * tf.reduce_sum(tf.square(z), axis=1) - np.log(2 * np.pi)
        loss = -tf.reduce_mean(log_prob + log_det)
    variables = [v for layer in flow for v in layer.trainable_variables]
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    print(f"step {step} loss {float(loss):.4f}")
