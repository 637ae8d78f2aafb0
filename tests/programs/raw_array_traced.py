import numpy as np
import tensorflow as tf

x = tf.random.stateless_normal([32, 3], seed=[0, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True) + 0.5

weights = np.random.default_rng(0).normal(size=(3, 1)).astype("float32")  # cut
bias = tf.Variable(tf.zeros([1]))


@tf.function
def step(inputs, targets):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(tf.matmul(inputs, weights) + bias - targets))
    return tape.gradient(loss, [weights, bias])


step(x, y)
