"""A variational autoencoder with the reparameterisation trick, eager."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(2)
PIXELS, LATENT = 64, 4


def blobs(n):
    """Eight by eight pictures of one soft spot each."""
    row, column = np.mgrid[0:8, 0:8]
    centre = np.random.uniform(1, 6, (n, 2, 1, 1))
    distance = (row - centre[:, 0]) ** 2 + (column - centre[:, 1]) ** 2
    return np.exp(-distance / 3.0).reshape(n, PIXELS).astype("float32")


class VAE(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential([layers.Dense(48, activation="relu"), layers.Dense(2 * LATENT)])
        self.decoder = keras.Sequential([layers.Dense(48, activation="relu"), layers.Dense(PIXELS)])

    def call(self, x):
        mean, log_var = tf.split(self.encoder(x), 2, axis=-1)
        z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
        return self.decoder(z), mean, log_var


def negative_elbo(x, logits, mean, log_var):
    reconstruction = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits), axis=-1)
    kl = -0.5 * tf.reduce_sum(1.0 + log_var - tf.square(mean) - tf.exp(log_var), axis=-1)
    return tf.reduce_mean(reconstruction + kl)


model = VAE()
optimizer = keras.optimizers.Adam(3e-3)
images = tf.constant(blobs(128))
for step in range(10):
    with tf.GradientTape() as tape:
        loss = negative_elbo(images, *model(images))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    print(f"step {step} loss {float(loss):.4f}")
