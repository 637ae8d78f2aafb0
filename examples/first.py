"""Learn from a few measurements at which temperature a fan is switched on."""

import tensorflow as tf

degrees = tf.constant([[12.0], [18.0], [23.0], [27.0], [31.0]])
fan_is_on = tf.constant([[0.0], [0.0], [0.0], [1.0], [1.0]])
weight = tf.Variable([[0.1]], name="weight")
bias = tf.Variable([-1.0], name="bias")
optimizer = tf.keras.optimizers.SGD(0.01)


def predict(degrees):
    score = degrees @ weight + bias
    return tf.cast(tf.math.greater(score, 0.0), tf.float32)


with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(predict(degrees) - fan_is_on))
gradients = tape.gradient(loss, [weight, bias])
optimizer.apply_gradients(zip(gradients, [weight, bias]))
