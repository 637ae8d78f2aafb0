import tensorflow as tf

x = tf.random.stateless_normal([32, 3], seed=[0, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True) + 0.5

w = tf.Variable(tf.ones([3, 1]), name="w")

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.round(x @ w) - y)  # cut
gradient = tape.gradient(loss, w)
w.assign_sub(gradient)
