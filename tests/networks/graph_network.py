"""Message passing on a graph with isolated nodes, a loss over the few labelled ones; traced step."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(50)
NODES, CLASSES = 60, 3

community = np.random.randint(0, CLASSES, NODES)
pairs = [(i, j) for i in range(50) for j in range(50) if i != j and np.random.rand() < (0.3 if community[i] == community[j] else 0.02)]
source, target = tf.constant(np.array(pairs).T, tf.int32)  # the last ten nodes have no edge
features = tf.constant(np.eye(CLASSES)[community] + np.random.normal(0, 1.0, (NODES, CLASSES)), tf.float32)
labelled = tf.constant(np.random.rand(NODES) < 0.4)


class GraphConvolution(layers.Layer):
    def __init__(self, units, activation=None):
        super().__init__()
        self.own = layers.Dense(units)
        self.others = layers.Dense(units, use_bias=False)
        self.activation = keras.activations.get(activation)

    def call(self, h):
        messages = tf.math.unsorted_segment_mean(tf.gather(self.others(h), source), target, NODES)
        return self.activation(self.own(h) + messages)


network = [GraphConvolution(16, "relu"), GraphConvolution(CLASSES)]
h = features
for layer in network:
    h = layer(h)
variables = [v for layer in network for v in layer.trainable_variables]
optimizer = keras.optimizers.Adam(0.03)
optimizer.build(variables)


@tf.function
def train_step():
    with tf.GradientTape() as tape:
        h = features
        for layer in network:
            h = layer(h)
        logits = tf.boolean_mask(h, labelled)
        labels = tf.boolean_mask(tf.constant(community), labelled)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


for step in range(10):
    print(f"step {step} loss {float(train_step()):.4f}")
