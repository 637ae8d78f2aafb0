"""Wide and deep over sparse bags of words, some of them empty; traced step with its own optimizer for each part."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(47)
VOCABULARY, DOCUMENTS = 300, 128

bags = [np.random.choice(VOCABULARY, np.random.randint(0, 9), replace=False) for _ in range(DOCUMENTS)]
indices = [[row, word] for row, bag in enumerate(bags) for word in sorted(bag)]
features = tf.sparse.SparseTensor(indices, tf.ones([len(indices)]), [DOCUMENTS, VOCABULARY])
label = tf.constant([[float(np.sum(bag < 100) > np.sum(bag >= 200))] for bag in bags])

wide = tf.Variable(tf.zeros([VOCABULARY, 1]), name="wide")
table = tf.Variable(tf.random.normal([VOCABULARY, 8], stddev=0.3), name="table")
deep = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
wide_optimizer = keras.optimizers.Ftrl(0.5, l1_regularization_strength=1e-4)
deep_optimizer = keras.optimizers.Adagrad(0.1)
deep_variables = [table, *deep.trainable_variables]
wide_optimizer.build([wide])
deep_optimizer.build(deep_variables)


@tf.function
def train_step(features, label):
    with tf.GradientTape() as tape:
        linear = tf.sparse.sparse_dense_matmul(features, wide)
        counts = tf.maximum(tf.sparse.reduce_sum(features, axis=1, keepdims=True), 1.0)
        pooled = tf.sparse.sparse_dense_matmul(features, table) / counts
        logits = linear + deep(tf.reshape(pooled, [-1, 8]), training=True)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=label, logits=logits))
    wide_gradient, *deep_gradients = tape.gradient(loss, [wide, *deep_variables])
    wide_optimizer.apply_gradients([(wide_gradient, wide)])
    deep_optimizer.apply_gradients(zip(deep_gradients, deep_variables))
    return loss


for step in range(10):
    print(f"step {step} loss {float(train_step(features, label)):.4f}")
