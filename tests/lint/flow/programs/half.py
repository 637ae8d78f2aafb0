"""Layers that compute in float16: a number that it cannot hold, times a mask."""

import keras
import tensorflow as tf

keras.mixed_precision.set_global_policy("mixed_float16")
ids = tf.constant([[1, 2, 0], [3, 0, 0]])


class Attention(keras.layers.Layer):
    def __init__(self, far):
        super().__init__()
        self.query, self.far = keras.layers.Dense(4), far

    def call(self, x, seen):
        scores = self.query(x) @ tf.transpose(x, [0, 2, 1])
        scores += (1.0 - tf.cast(seen, scores.dtype)[:, None]) * self.far
        return tf.nn.softmax(scores) @ x


class TooFar(Attention):
    def call(self, x, seen):
        scores = self.query(x) @ tf.transpose(x, [0, 2, 1])
        scores += (1.0 - tf.cast(seen, scores.dtype)[:, None]) * -1e9  # cut non-finite
        return tf.nn.softmax(scores) @ x


class InFull(Attention):
    def call(self, x, seen):
        scores = tf.cast(self.query(x) @ tf.transpose(x, [0, 2, 1]), tf.float32)
        scores += (1.0 - tf.cast(seen, scores.dtype)[:, None]) * -1e9
        return tf.nn.softmax(scores) @ tf.cast(x, "float32")


words = keras.layers.Embedding(9, 4)
for attention in (Attention(-1e4), TooFar(0.0), InFull(0.0)):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(attention(words(ids), tf.not_equal(ids, 0)))
    print(tape.gradient(loss, attention.trainable_variables + words.trainable_variables))
