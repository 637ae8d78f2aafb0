import tensorflow as tf


def share_of_positives(x):
    return tf.reduce_mean(tf.cast(tf.math.greater(x, 0), tf.float32))  # cut


x = tf.random.stateless_normal([32, 3], seed=[0, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True) + 0.5

weights = tf.Variable(tf.ones([3, 1]), name="weights")
bias = tf.Variable(tf.zeros([1]), name="bias")
optimizer = tf.keras.optimizers.SGD(0.1)

with tf.GradientTape() as tape:
    outputs = x @ weights + bias
    loss = 1.0 - share_of_positives(outputs * y)  # related
gradients = tape.gradient(loss, [weights, bias])
optimizer.apply_gradients(zip(gradients, [weights, bias]))
