"""A GRU that adds two marked numbers of a sequence; gradients clipped by their global norm, eager."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(9)
LENGTH = 12


def adding_problem(n):
    numbers = np.random.uniform(0, 1, (n, LENGTH))
    marks = np.zeros((n, LENGTH))
    for row in marks:
        row[np.random.choice(LENGTH, 2, replace=False)] = 1.0
    total = (numbers * marks).sum(axis=1, keepdims=True)
    return np.stack([numbers, marks], axis=2).astype("float32"), total.astype("float32")


model = keras.Sequential([keras.Input((LENGTH, 2)), keras.layers.GRU(16), keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
x, y = adding_problem(128)
for step in range(10):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
    gradients = tape.gradient(loss, model.trainable_variables)
    clipped, norm = tf.clip_by_global_norm(gradients, 0.5)
    optimizer.apply_gradients(zip(clipped, model.trainable_variables))
    print(f"step {step} loss {float(loss):.4f} norm {float(norm):.4f}")
