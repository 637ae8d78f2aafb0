"""A vector-quantised autoencoder: nearest code by argmin, straight-through gradient, codebook and commitment terms; eager."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(14)
CODES, SIZE = 16, 4

encoder = keras.Sequential([keras.Input((10,)), layers.Dense(24, activation="relu"), layers.Dense(SIZE)])
decoder = keras.Sequential([keras.Input((SIZE,)), layers.Dense(24, activation="relu"), layers.Dense(10)])
codebook = tf.Variable(tf.random.normal([CODES, SIZE], stddev=0.3), name="codebook")
variables = [*encoder.trainable_variables, *decoder.trainable_variables, codebook]
optimizer = keras.optimizers.Adam(0.01)


def nearest(z):
    distances = tf.reduce_sum(tf.square(z[:, None, :] - codebook[None]), axis=-1)
    return tf.gather(codebook, tf.argmin(distances, axis=1))


def vq_loss(x):
    z = encoder(x)
    q = nearest(z)
    reconstruction = decoder(z + tf.stop_gradient(q - z))
    codebook_term = tf.reduce_mean(tf.square(q - tf.stop_gradient(z)))
    commitment = tf.reduce_mean(tf.square(tf.stop_gradient(q) - z))
    return tf.reduce_mean(tf.square(reconstruction - x)) + codebook_term + 0.25 * commitment


x = np.random.normal(size=(6, 10))[np.random.randint(0, 6, 128)] + 0.1 * np.random.normal(size=(128, 10))
x = tf.constant(x, tf.float32)
for step in range(10):
    with tf.GradientTape() as tape:
        loss = vq_loss(x)
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    print(f"step {step} loss {float(loss):.4f}")
