"""A physics-informed network for u'' = -pi^2 sin(pi x): second derivatives by nested tapes, eager."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)

network = keras.Sequential(
    [
        keras.Input((1,)),
        keras.layers.Dense(20, activation="tanh"),
        keras.layers.Dense(20, activation="tanh"),
        keras.layers.Dense(1),
    ]
)
inside = tf.constant(np.random.uniform(-1, 1, (64, 1)), tf.float32)
border = tf.constant([[-1.0], [1.0]])


def residual(x):
    with tf.GradientTape() as second:
        second.watch(x)
        with tf.GradientTape() as first:
            first.watch(x)
            u = network(x)
        du = first.gradient(u, x)
    ddu = second.gradient(du, x)
    return ddu + np.pi**2 * tf.sin(np.pi * x)


optimizer = keras.optimizers.Adam(0.01)
for step in range(10):
    with tf.GradientTape() as tape:
        physics = tf.reduce_mean(tf.square(residual(inside)))
        boundary = tf.reduce_mean(tf.square(network(border)))
        loss = physics + boundary
    gradients = tape.gradient(loss, network.trainable_variables)
    # the last bias is a constant in u, so it reaches the loss by way of the boundary only
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))
    print(f"step {step} loss {float(loss):.4f}")
