import tensorflow as tf


def bounded(value):
    value = tf.minimum(value, 10.0)
    return tf.maximum(value, 0.0)


def step(w):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((w - 3.0) ** 2)
    moved = bounded(w - 0.1 * tape.gradient(loss, w))
    print(float(moved))
    return moved


weights = tf.Variable(1.0, name="weights")
for _ in range(3):
    weights = step(weights)  # cut
