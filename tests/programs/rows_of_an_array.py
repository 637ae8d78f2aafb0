import numpy as np
import tensorflow as tf

rate = tf.Variable(0.3, name="rate")


def trajectory(steps):
    state = tf.constant([1.0, 0.0])
    path = np.empty((steps, 2), "float32")
    for i in range(steps):
        state = state + rate * tf.stack([state[1], -state[0]])
        path[i] = state  # cut
    return path


with tf.GradientTape() as tape:
    error = tf.reduce_sum(tf.square(trajectory(4) - 0.5))
print(tape.gradient(error, rate))
