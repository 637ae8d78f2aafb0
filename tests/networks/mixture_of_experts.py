"""A mixture of experts with top-one routing: an expert that no example chooses gets zeros in that step; traced step."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(49)
EXPERTS = 4

router = keras.Sequential([keras.Input((3,)), layers.Dense(EXPERTS)])
experts = [keras.Sequential([keras.Input((3,)), layers.Dense(16, activation="relu"), layers.Dense(1)]) for _ in range(EXPERTS)]
variables = [v for network in (router, *experts) for v in network.trainable_variables]
optimizer = keras.optimizers.Adam(0.02)
optimizer.build(variables)


def route(x):
    probabilities = tf.nn.softmax(router(x))
    chosen = tf.one_hot(tf.argmax(probabilities, axis=1), EXPERTS)
    balance = EXPERTS * tf.reduce_sum(tf.reduce_mean(chosen, axis=0) * tf.reduce_mean(probabilities, axis=0))
    return probabilities * chosen, balance


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        gates, balance = route(x)
        answers = tf.concat([expert(x) for expert in experts], axis=1)
        prediction = tf.reduce_sum(gates * answers, axis=1, keepdims=True)
        loss = tf.reduce_mean(tf.square(prediction - y)) + 0.01 * balance
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


for step in range(10):
    batch = np.random.normal(size=(16, 3)).astype("float32")
    goal = np.where(batch[:, :1] > 0, 2.0 * batch[:, 1:2], -batch[:, 2:]) + 1.0
    print(f"step {step} loss {float(train_step(batch, goal.astype('float32'))):.4f}")
