import tensorflow as tf

x = tf.random.stateless_normal([32, 3], seed=[0, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True) + 0.5

weights = tf.Variable(tf.zeros([3, 1]))
b = tf.Variable(tf.zeros([1]))


@tf.function
def train(inputs, targets):
    w = weights
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(inputs @ w + b - targets))
        gw, gb = tape.gradient(loss, [w, b])
        w = w - 0.1 * gw  # cut
        b.assign_sub(0.1 * gb)
    return loss


train(x, y)
