import tensorflow as tf

w = tf.Variable(tf.ones([3, 2]), name="w")
b = tf.Variable(tf.zeros([2]), name="b")

theta = tf.concat([tf.reshape(v, [-1]) for v in (w, b)], axis=0)  # cut
with tf.GradientTape() as tape:
    tape.watch(theta)
    loss = tf.reduce_mean(tf.square(tf.ones([4, 3]) @ w + b - 1.0))
print(tape.gradient(loss, theta))
