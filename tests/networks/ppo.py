"""Proximal policy optimisation: some ratios run into the clip, the value head shares the trunk; eager."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(13)
CLIP = 0.2

inputs = keras.Input((4,))
trunk = layers.Dense(32, activation="tanh")(inputs)
model = keras.Model(inputs, [layers.Dense(2, name="policy")(trunk), layers.Dense(1, name="value")(trunk)])
optimizer = keras.optimizers.Adam(0.02)

# one batch of experience: the sign of the first coordinate says which action pays
states = np.random.normal(size=(256, 4)).astype("float32")
logits, values = model(states)
actions = tf.random.categorical(logits, 1, seed=3)[:, 0]
returns = tf.cast((states[:, 0] > 0) == (actions.numpy() == 1), tf.float32)
advantages = returns - tf.squeeze(values, axis=1)
advantages = (advantages - tf.reduce_mean(advantages)) / (tf.math.reduce_std(advantages) + 1e-8)
old_log_prob = tf.gather(tf.nn.log_softmax(logits), actions, batch_dims=1)


def ppo_loss():
    logits, value = model(states)
    log_prob = tf.gather(tf.nn.log_softmax(logits), actions, batch_dims=1)
    ratio = tf.exp(log_prob - old_log_prob)
    surrogate = tf.minimum(ratio * advantages, tf.clip_by_value(ratio, 1 - CLIP, 1 + CLIP) * advantages)
    value_loss = tf.reduce_mean(tf.square(returns - tf.squeeze(value, axis=1)))
    return 0.5 * value_loss - tf.reduce_mean(surrogate)


for epoch in range(10):
    with tf.GradientTape() as tape:
        loss = ppo_loss()
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    print(f"step {epoch} loss {float(loss):.4f}")
