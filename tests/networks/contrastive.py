"""Contrastive learning of two views with a learned temperature, cosine similarities; XLA-compiled step."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(45)

tower = keras.Sequential([keras.Input((16,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(8)])
log_temperature = keras.Variable(np.log(0.2), dtype="float32", name="log_temperature")
variables = [*tower.trainable_variables, log_temperature]
optimizer = keras.optimizers.Adam(0.005)
optimizer.build(variables)


def info_nce(first, second):
    first, second = tf.math.l2_normalize(first, axis=1), tf.math.l2_normalize(second, axis=1)
    logits = tf.matmul(first, second, transpose_b=True) / tf.exp(log_temperature)
    labels = tf.range(tf.shape(logits)[0])
    rows = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    columns = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=tf.transpose(logits))
    return tf.reduce_mean(rows + columns) / 2.0


@tf.function(jit_compile=True)
def train_step(left, right):
    with tf.GradientTape() as tape:
        loss = info_nce(tower(left, training=True), tower(right, training=True))
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


things = np.random.normal(size=(64, 16))
for step in range(10):
    left, right = (tf.constant(things + 0.3 * np.random.normal(size=things.shape), tf.float32) for _ in range(2))
    print(f"step {step} loss {float(train_step(left, right)):.4f}")
