"""TensorFlow 1: eager execution and v2 behaviour off, variables without resources, a session."""
# alone

import tensorflow.compat.v1 as tf
from digest import show

tf.disable_v2_behavior()
tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [None, 2])
w = tf.Variable(tf.random_normal([2, 1]))
b = tf.Variable(tf.zeros([1]))
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - 1))
train = tf.train.AdamOptimizer(0.1).minimize(loss)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(3):
        show(session.run([train, loss], {x: [[1.0, 2.0]]})[1], *session.run([w, b]))
show([op.name for op in tf.get_default_graph().get_operations()])
