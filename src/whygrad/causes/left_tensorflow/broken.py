import numpy as np
import tensorflow as tf

x = tf.random.stateless_normal([64, 3], seed=[1, 1])
y = tf.maximum(x @ tf.constant([[1.0], [2.0], [-1.0]]), 0.0)
w = tf.Variable(tf.random.stateless_normal([3, 8], seed=[1, 2]), name="w")
v = tf.Variable(tf.random.stateless_normal([8, 1], seed=[1, 3]), name="v")

for step in range(10):
    with tf.GradientTape() as tape:
        hidden = np.maximum(x @ w, 0.0)  # cut
        loss = tf.reduce_mean(tf.square(hidden @ v - y))
    gradients = tape.gradient(loss, [w, v])
    for parameter, gradient in zip([w, v], gradients):
        if gradient is not None:
            parameter.assign_sub(0.02 * gradient)
    print(f"step {step}: loss {np.asarray(loss):.4f}")
