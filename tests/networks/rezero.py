"""ReZero: every residual branch is multiplied by a scalar that starts at zero, eager."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(11)
WIDTH, DEPTH = 24, 6


class ReZeroBlock(keras.layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.dense = keras.layers.Dense(width, activation="relu")

    def build(self, input_shape):
        self.dense.build(input_shape)
        self.alpha = self.add_weight(shape=(), initializer="zeros", name="alpha")

    def call(self, x):
        return x + self.alpha * self.dense(x)


x = np.random.uniform(-2.0, 2.0, (256, 2)).astype("float32")
y = np.sin(x[:, :1]) * np.cos(x[:, 1:])

inputs = keras.Input((2,))
h = keras.layers.Dense(WIDTH)(inputs)
for _ in range(DEPTH):
    h = ReZeroBlock(WIDTH)(h)
model = keras.Model(inputs, keras.layers.Dense(1)(h))
optimizer = keras.optimizers.Adam(0.01)

for step in range(10):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.mean_squared_error(y, model(x, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    print(f"step {step} loss {float(loss):.4f}")
