"""REINFORCE with a baseline on a contextual bandit: actions are sampled outside the tape, rewards are plain numbers."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(8)
CONTEXTS, ACTIONS = 4, 3

payoff = np.random.uniform(0.0, 1.0, (CONTEXTS, ACTIONS)).astype("float32")
policy = keras.Sequential(
    [
        keras.Input((CONTEXTS,)),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(ACTIONS),
    ]
)
optimizer = keras.optimizers.Adam(0.05)
baseline = 0.0


def play(n):
    context = np.random.randint(0, CONTEXTS, n)
    observation = np.eye(CONTEXTS, dtype="float32")[context]
    action = tf.random.categorical(policy(observation), 1)[:, 0].numpy()
    return observation, action, payoff[context, action] + np.random.normal(0, 0.05, n)


for step in range(10):
    observations, actions, rewards = play(256)
    advantages = (rewards - baseline).astype("float32")
    with tf.GradientTape() as tape:
        log_prob = tf.nn.log_softmax(policy(observations))
        chosen = tf.gather(log_prob, actions, batch_dims=1)
        entropy = -tf.reduce_mean(tf.reduce_sum(tf.exp(log_prob) * log_prob, axis=1))
        objective = -tf.reduce_mean(chosen * advantages) - 0.01 * entropy
    gradients = tape.gradient(objective, policy.trainable_variables)
    optimizer.apply_gradients(zip(gradients, policy.trainable_variables))
    baseline = 0.9 * baseline + 0.1 * rewards.mean()
    print(f"step {step} loss {payoff.max() - rewards.mean():.4f}")
