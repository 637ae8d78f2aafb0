import tensorflow as tf

tf.random.set_seed(0)
hidden = tf.random.normal([1, 8])
out = tf.random.normal([8, 1])


def network(x):
    return tf.nn.relu(x @ hidden) @ out  # cut


for _ in range(4):
    x = tf.random.uniform([16, 1])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            u = network(x)
        slope = inner.gradient(u, x)  # related
    print(float(tf.reduce_sum(outer.gradient(slope, x))))
