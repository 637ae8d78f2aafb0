import tensorflow as tf

tf.keras.utils.set_random_seed(0)
states = tf.random.normal([32, 4])
returns = tf.reduce_sum(states, axis=1, keepdims=True)
actor = tf.keras.layers.Dense(1, activation="tanh")
critic = tf.keras.layers.Dense(1)
actor_optimizer = tf.keras.optimizers.Adam(0.01)
critic_optimizer = tf.keras.optimizers.Adam(0.01)

for step in range(5):
    with tf.GradientTape() as critic_tape:
        values = critic(states)
        critic_loss = tf.reduce_mean(tf.square(values - returns))
    with tf.GradientTape() as actor_tape:
        actor_loss = -tf.reduce_mean(actor(states) * (returns - values))
    actor_gradients = critic_tape.gradient(actor_loss, actor.trainable_variables)  # cut
    critic_gradients = actor_tape.gradient(critic_loss, critic.trainable_variables)  # cut
    actor_optimizer.apply_gradients(zip(actor_gradients, actor.trainable_variables))
    critic_optimizer.apply_gradients(zip(critic_gradients, critic.trainable_variables))
    print(f"step {step}: actor {float(actor_loss):.4f}, critic {float(critic_loss):.4f}")
