import tensorflow as tf


def unexplained_variance(y_true, y_pred):
    mean = tf.reduce_mean(y_true)
    residual = tf.reduce_sum(tf.square(y_true - mean))
    total = tf.reduce_sum(tf.square(y_true - mean))
    return residual / total  # cut


tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 4])
y = tf.reduce_sum(x, axis=1, keepdims=True)
model = tf.keras.Sequential([tf.keras.layers.Dense(8, activation="tanh"), tf.keras.layers.Dense(1)])
model.compile(optimizer="adam", loss=unexplained_variance)
model.fit(x, y, epochs=2, batch_size=32, verbose=2)
