"""A GAN with spectral normalisation off the shelf: two tapes, two optimizers, one traced step."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(42)
NOISE = 4

generator = keras.Sequential([keras.Input((NOISE,)), layers.Dense(32, activation="relu"), layers.Dense(2)])
discriminator = keras.Sequential(
    [
        keras.Input((2,)),
        layers.SpectralNormalization(layers.Dense(32)),
        layers.LeakyReLU(negative_slope=0.2),
        layers.Dense(1),
    ]
)
g_optimizer = keras.optimizers.Adam(2e-2, beta_1=0.5)
d_optimizer = keras.optimizers.Adam(2e-2, beta_1=0.5)
g_optimizer.build(generator.trainable_variables)
d_optimizer.build(discriminator.trainable_variables)
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


@tf.function
def train_step(real):
    noise = tf.random.normal([tf.shape(real)[0], NOISE])
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        fake = generator(noise, training=True)
        on_real, on_fake = discriminator(real, training=True), discriminator(fake, training=True)
        g_loss = cross_entropy(tf.ones_like(on_fake), on_fake)
        d_loss = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(tf.zeros_like(on_fake), on_fake)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_optimizer.apply_gradients(zip(g_gradients, generator.trainable_variables))
    d_optimizer.apply_gradients(zip(d_gradients, discriminator.trainable_variables))
    return g_loss, d_loss, tf.norm(tf.reduce_mean(real, axis=0) - tf.reduce_mean(fake, axis=0))


real = tf.constant(np.random.normal([1.5, -1.0], 0.3, (256, 2)), tf.float32)
for step in range(10):
    g_loss, d_loss, gap = train_step(real)
    print(f"step {step} loss {float(gap):.4f} generator {float(g_loss):.4f} discriminator {float(d_loss):.4f}")
