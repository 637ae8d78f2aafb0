"""A training loop written by hand, run eagerly: dense layers, an embedding, slices, conversions from and to NumPy, pauses of the tape."""

import numpy as np
import tensorflow as tf
from digest import show

tf.keras.utils.set_random_seed(1)
table = tf.Variable(tf.random.normal([20, 4]), name="table")
w = tf.Variable(np.full([4, 3], 0.5, "float32"), name="w")
b = tf.Variable(tf.zeros([3]), name="b")
optimizer = tf.keras.optimizers.Adam(0.05)
for _step in range(4):
    ids = tf.random.uniform([16], maxval=20, dtype=tf.int32)
    with tf.GradientTape(persistent=True) as tape:
        rows = tf.nn.dropout(tf.gather(table, ids), 0.25)
        out = tf.nn.softmax(rows @ w + b * 2)
        with tape.stop_recording():
            scale = float(tf.reduce_max(out)) + np.mean(out)
        loss = tf.reduce_mean(tf.square(out[:, 0] - 0.3)) * scale
    first = tape.gradient(loss, [table, w, b])
    again = tape.gradient(loss, {"w": w}, output_gradients=tf.constant(2.0))
    optimizer.apply_gradients(zip(first, [table, w, b]))
    w.assign_sub(0.1 * again["w"])
    show(loss, *first, again["w"])
show(table, w, b)
