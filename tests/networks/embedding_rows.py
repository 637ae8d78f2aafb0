"""Skip-gram with negative sampling: gradients of the two tables are sparse rows, eager."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)
WORDS, SIZE, NEGATIVES = 500, 16, 4


def corpus(n):
    """Words of one topic stand beside each other; a tenth of the vocabulary is all that occurs."""
    topic = np.random.randint(0, 5, n)
    word, neighbour = (10 * topic + np.random.randint(0, 10, n) for _ in range(2))
    return word.astype("int32"), neighbour.astype("int32")


target = tf.Variable(tf.random.uniform([WORDS, SIZE], -0.5, 0.5), name="target")
context = tf.Variable(tf.random.uniform([WORDS, SIZE], -0.5, 0.5), name="context")
optimizer = keras.optimizers.Adam(0.05)


def loss_of(word, neighbour):
    noise = tf.random.uniform([tf.shape(word)[0], NEGATIVES], 0, WORDS, dtype=tf.int32)
    seen = tf.concat([neighbour[:, None], noise], axis=1)
    logits = tf.einsum("bd,bnd->bn", tf.gather(target, word), tf.nn.embedding_lookup(context, seen))
    labels = tf.one_hot(tf.zeros_like(word), NEGATIVES + 1)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


word, neighbour = corpus(256)
for step in range(10):
    with tf.GradientTape() as tape:
        loss = loss_of(word, neighbour)
    gradients = tape.gradient(loss, [target, context])
    optimizer.apply_gradients(zip(gradients, [target, context]))
    print(f"step {step} loss {float(loss):.4f}")
