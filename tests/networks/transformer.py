"""A causal transformer block on sorted digits; -1e9 is added where attention must not look; traced step."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(41)
VOCABULARY, LENGTH, WIDTH = 12, 8, 16


class Attention(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.qkv = layers.Dense(3 * width, use_bias=False)
        self.out = layers.Dense(width)

    def call(self, x):
        q, k, v = tf.split(self.qkv(x), 3, axis=-1)
        scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(float(q.shape[-1]))
        causal = tf.linalg.band_part(tf.ones([x.shape[1], x.shape[1]]), -1, 0)
        return self.out(tf.matmul(tf.nn.softmax(scores + (1.0 - causal) * -1e9), v))


tokens = keras.Input((LENGTH,), dtype="int32")
h = layers.Embedding(VOCABULARY, WIDTH)(tokens) + layers.Embedding(LENGTH, WIDTH)(np.arange(LENGTH)[None])
h = h + Attention(WIDTH)(layers.LayerNormalization()(h))
h = h + layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="gelu")(layers.LayerNormalization()(h)))
model = keras.Model(tokens, layers.Dense(VOCABULARY)(layers.LayerNormalization()(h)))

optimizer = keras.optimizers.AdamW(0.01)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def train_step(sequence):
    with tf.GradientTape() as tape:
        logits = model(sequence[:, :-1], training=True)
        loss = cross_entropy(sequence[:, 1:], logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


digits = tf.constant(np.sort(np.random.randint(0, VOCABULARY, (128, LENGTH + 1)), axis=1), tf.int32)
for step in range(10):
    print(f"step {step} loss {float(train_step(digits)):.4f}")
