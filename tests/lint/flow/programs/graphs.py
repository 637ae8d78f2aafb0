"""compat.v1: graphs, where everything is recorded and the optimizer takes all variables."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
inputs = tf.placeholder(tf.float32, [None, 3])
targets = tf.placeholder(tf.float32, [None, 2])
w = tf.get_variable("w", [3, 2], initializer=tf.zeros_initializer())
b = tf.get_variable("b", [2])
scores = tf.matmul(inputs, w) + b
best = tf.argmax(scores, axis=1)  # cut non-differentiable-op
cost = tf.reduce_mean(tf.cast(best, tf.float32))
train = tf.train.AdamOptimizer(0.1).minimize(cost)
fine = tf.train.AdamOptimizer(0.1).minimize(tf.reduce_mean(tf.square(scores - targets)))
gradients = tf.gradients(tf.reduce_sum(tf.stop_gradient(scores)), [w, b])  # cut gradient-stopped
