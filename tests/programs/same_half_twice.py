import tensorflow as tf

SIZE = 8
theta = tf.Variable(tf.ones([SIZE]), name="theta")
wanted = tf.linspace(0.0, 1.0, SIZE)


def halves(wanted, guess):
    left = wanted[: SIZE // 2]
    right = wanted[: SIZE // 2]  # cut
    return left, right


with tf.GradientTape() as tape:
    a, b = halves(wanted, tf.sin(theta))
    loss = tf.reduce_sum(tf.square(a - b))
print(tape.gradient(loss, [theta]))
