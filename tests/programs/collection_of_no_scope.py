import tensorflow as tf

tf1 = tf.compat.v1
with tf.Graph().as_default():
    with tf1.variable_scope("generator"):
        w = tf1.get_variable("w", [3, 1])
    loss = tf.reduce_mean(tf.square(tf.ones([2, 3]) @ w))
    listed = tf1.get_collection(tf1.GraphKeys.TRAINABLE_VARIABLES, scope="generators")  # cut
    tf1.train.AdamOptimizer(0.1).minimize(loss, var_list=listed)
