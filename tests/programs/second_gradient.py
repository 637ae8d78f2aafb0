import tensorflow as tf

x = tf.random.stateless_normal([32, 3], seed=[0, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True) + 0.5

w = tf.Variable(tf.ones([3, 1]), name="w")
b = tf.Variable(tf.zeros([1]), name="b")

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(x @ w + b - y))
gw = tape.gradient(loss, w)
gb = tape.gradient(loss, b)  # cut
