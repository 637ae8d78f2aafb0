"""A mixture density network: weights, means and widths of five Gaussians for an ambiguous target, eager."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(7)
COMPONENTS = 5

target = np.random.uniform(-1.0, 1.0, (300, 1)).astype("float32")
source = target + 0.3 * np.sin(2 * np.pi * target) + np.random.normal(0, 0.05, target.shape).astype("float32")

inputs = keras.Input((1,))
hidden = keras.layers.Dense(32, activation="tanh")(inputs)
logits = keras.layers.Dense(COMPONENTS, name="logits")(hidden)
means = keras.layers.Dense(COMPONENTS, name="means", bias_initializer=keras.initializers.RandomUniform(-1, 1))(hidden)
widths = keras.layers.Dense(COMPONENTS, name="widths", activation="softplus")(hidden)
model = keras.Model(inputs, [logits, means, widths])


def negative_log_likelihood(y, logits, means, widths):
    widths = widths + 1e-3
    log_normal = -0.5 * tf.square((y - means) / widths) - tf.math.log(widths) - 0.5 * np.log(2 * np.pi)
    return -tf.reduce_mean(tf.reduce_logsumexp(tf.nn.log_softmax(logits) + log_normal, axis=1))


optimizer = keras.optimizers.Adam(0.02)
for step in range(10):
    with tf.GradientTape() as tape:
        loss = negative_log_likelihood(target, *model(source))
    gradients = tape.gradient(loss, model.trainable_weights)
    optimizer.apply(gradients, model.trainable_weights)
    print(f"step {step} loss {float(loss):.4f}")
