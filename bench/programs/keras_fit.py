import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)
x = rng.normal(size=(512, 20)).astype("float32")
y = (x[:, 0] > 0).astype("int64")


def accuracy_loss(y_true, y_pred):
    right = tf.argmax(y_pred, axis=-1) == tf.cast(tf.reshape(y_true, [-1]), tf.int64)
    return 1.0 - tf.reduce_mean(tf.cast(right, tf.float32))


model = tf.keras.Sequential([tf.keras.layers.Dense(64, activation="relu") for _ in range(4)] + [tf.keras.layers.Dense(2)])
model.compile(optimizer="adam", loss=accuracy_loss)
model.fit(x, y, epochs=1, batch_size=32, verbose=0)
