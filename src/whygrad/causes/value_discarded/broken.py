import tensorflow as tf

tf.keras.utils.set_random_seed(0)
generator = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(8, activation="tanh"), tf.keras.layers.Dense(2)])
discriminator = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(8, activation="tanh"), tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.Adam(0.01)


def generator_loss(scores):
    scores = tf.ones_like(scores)  # cut
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=scores, logits=scores))


@tf.function
def train_generator(noise):
    with tf.GradientTape() as tape:
        loss = generator_loss(discriminator(generator(noise)))
    gradients = tape.gradient(loss, generator.trainable_variables)
    optimizer.apply_gradients(zip(gradients, generator.trainable_variables))
    return loss


for step in range(5):
    print(f"step {step}: loss {float(train_generator(tf.random.normal([32, 4]))):.4f}")
