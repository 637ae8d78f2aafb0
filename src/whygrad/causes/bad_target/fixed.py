import tensorflow as tf


def loss_of(prediction, target):
    error = prediction - target
    return tf.reduce_mean(tf.where(tf.abs(error) < 1.0, 0.5 * tf.square(error), tf.abs(error) - 0.5))


x = tf.reshape(tf.linspace(-1.0, 1.0, 60), [20, 3])
y = 2.0 * tf.reduce_sum(x, axis=1, keepdims=True) + 0.5
w = tf.Variable(tf.zeros([3, 1]), name="w")
b = tf.Variable(tf.zeros([1]), name="b")

for step in range(10):
    with tf.GradientTape() as tape:
        loss = loss_of(x @ w + b, y)
    gradients = tape.gradient(loss, [w, b])
    for parameter, gradient in zip([w, b], gradients):
        parameter.assign_sub(0.1 * gradient)
    print(f"step {step}: loss {float(loss):.4f}")
