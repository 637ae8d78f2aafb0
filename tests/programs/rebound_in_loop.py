import tensorflow as tf

x = tf.random.stateless_normal([32, 3], seed=[0, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True) + 0.5

w = tf.Variable(tf.zeros([3, 1]))
b = tf.Variable(tf.zeros([1]))

for step in range(5):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x @ w + b - y))
    gw, gb = tape.gradient(loss, [w, b])
    print(step, gw is None)
    w = w - 0.1 * gw  # cut
    b.assign_sub(0.1 * gb)
