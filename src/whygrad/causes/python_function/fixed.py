import tensorflow as tf

weights = tf.constant([0.25, 0.5, 0.25], shape=[3, 1, 1])


def smooth(signal):
    column = signal[tf.newaxis, :, tf.newaxis]
    return tf.nn.conv1d(column, weights, stride=1, padding="SAME")[0, :, 0]


time = tf.linspace(0.0, 6.0, 100)
target = 2.0 * tf.sin(time)
gain = tf.Variable(1.0, name="gain")
shift = tf.Variable(0.1, name="shift")
optimizer = tf.keras.optimizers.SGD(0.1)

for step in range(10):
    with tf.GradientTape() as tape:
        signal = gain * tf.sin(time + shift)
        smoothed = smooth(signal)
        loss = tf.reduce_mean(tf.square(smoothed - target))
    gradients = tape.gradient(loss, [gain, shift])
    optimizer.apply_gradients(zip(gradients, [gain, shift]))
    print(f"step {step}: loss {float(loss):.4f}")
