"""A relu MLP on two interleaved half circles, trained by a plain eager loop."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)


def two_moons(n):
    angle = np.random.uniform(0.0, np.pi, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    label = np.random.randint(0, 2, n)
    points = np.where(label[:, None] == 0, upper, lower) + np.random.normal(0.0, 0.1, (n, 2))
    return points.astype("float32"), label.astype("int32")


x, y = two_moons(256)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(256, seed=1).repeat().batch(64).take(10)
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(2),
    ]
)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(0.02)

for step, (points, labels) in enumerate(dataset):
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model(points, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    print(f"step {step} loss {float(loss):.4f}")
