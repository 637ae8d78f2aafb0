import tensorflow as tf

tf1 = tf.compat.v1
with tf.Graph().as_default():
    step = tf1.train.get_or_create_global_step()
    w = tf1.get_variable("w", [3, 1], trainable=False)
    loss = tf.reduce_mean(tf.square(tf.ones([2, 3]) @ w))
    tf1.train.GradientDescentOptimizer(0.1).minimize(loss, step)  # cut
