import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)
x = tf.constant(rng.normal(size=(64, 3)), tf.float32)
y = x @ tf.constant([[1.0], [-2.0], [0.5]]) + 0.3

weight = tf.Variable(rng.normal(size=(3, 1)), dtype=tf.float32)
bias = tf.Variable(tf.zeros([1]))

for step in range(20):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x @ weight + bias - y))
    gradients = tape.gradient(loss, [weight, bias])
    for parameter, gradient in zip([weight, bias], gradients):
        parameter.assign_sub(0.1 * gradient)
    print(f"step {step}: loss {float(loss):.4f}")
