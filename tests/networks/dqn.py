"""Deep Q-learning on a corridor with a replay buffer and a target network, eager."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(6)
CELLS, GAMMA = 6, 0.9


def q_network():
    return keras.Sequential([keras.Input((CELLS,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(2)])


def replay(n):
    """Random walks in a corridor; the last cell pays one and ends the episode."""
    state = np.random.randint(0, CELLS - 1, n)
    action = np.random.randint(0, 2, n)
    following = np.clip(state + 2 * action - 1, 0, CELLS - 1)
    done = following == CELLS - 1
    one_hot = np.eye(CELLS, dtype="float32")
    return one_hot[state], action, done.astype("float32"), one_hot[following], done.astype("float32")


online, target = q_network(), q_network()
target.set_weights(online.get_weights())
optimizer = keras.optimizers.Adam(0.01)
huber = keras.losses.Huber()
states, actions, rewards, next_states, dones = replay(512)

for step in range(10):
    best = tf.reduce_max(target(next_states), axis=1)
    goal = rewards + GAMMA * (1.0 - dones) * best
    with tf.GradientTape() as tape:
        q = tf.reduce_sum(online(states) * tf.one_hot(actions, 2), axis=1)
        loss = huber(goal, q)
    gradients = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(gradients, online.trainable_variables))
    if step % 5 == 4:
        target.set_weights(online.get_weights())
    print(f"step {step} loss {float(loss):.4f}")
