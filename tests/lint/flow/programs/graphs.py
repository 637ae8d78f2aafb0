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
old = tf.Variable(tf.random_normal([3, 2]))
counted = tf.div(tf.to_float(tf.arg_max(inputs @ old, 1)), 2.0)  # cut non-differentiable-op
count = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(counted), var_list=[old])
whole = tf.reduce_mean(tf.to_float(tf.to_int32(tf.floor_div(inputs, 2.0) + inputs) @ tf.to_int32(w)))  # cut integer-cast
halves = tf.train.GradientDescentOptimizer(0.1).minimize(whole, var_list=[w])
smooth = tf.losses.mean_squared_error(targets, tf.div_no_nan(inputs @ old, 2.0))
good = tf.train.GradientDescentOptimizer(0.1).minimize(smooth, var_list=[old])
