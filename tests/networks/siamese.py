"""A siamese network with a margin: pairs far enough apart give no gradient, the others do."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(3)
MARGIN = 1.0

prototypes = np.random.normal(size=(5, 12))


def pairs(n):
    first, second = np.random.randint(0, 5, n), np.random.randint(0, 5, n)
    second = np.where(np.random.rand(n) < 0.5, first, second)
    noisy = [prototypes[kind] + np.random.normal(0.0, 0.3, (n, 12)) for kind in (first, second)]
    return *(part.astype("float32") for part in noisy), (first == second).astype("float32")


def distance(a, b):
    return tf.sqrt(tf.maximum(tf.reduce_sum(tf.square(a - b), axis=1), 1e-9))


def contrastive_loss(same, d):
    return tf.reduce_mean(same * tf.square(d) + (1.0 - same) * tf.square(tf.maximum(MARGIN - d, 0.0)))


tower = keras.Sequential(
    [
        keras.Input((12,)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(4, activation="tanh"),
    ]
)
optimizer = keras.optimizers.RMSprop(5e-3)
left, right, same = pairs(200)
for step in range(10):
    with tf.GradientTape() as tape:
        loss = contrastive_loss(same, distance(tower(left), tower(right)))
    gradients = tape.gradient(loss, tower.trainable_variables)
    optimizer.apply_gradients(zip(gradients, tower.trainable_variables))
    print(f"step {step} loss {float(loss):.4f}")
