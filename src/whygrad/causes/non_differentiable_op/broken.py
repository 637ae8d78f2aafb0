import tensorflow as tf


def f1_loss(labels, logits):
    predicted = tf.round(tf.sigmoid(logits))  # cut
    hits = tf.reduce_sum(labels * predicted)
    size = tf.reduce_sum(labels) + tf.reduce_sum(predicted)
    return 1.0 - 2.0 * hits / (size + 1e-7)


tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 4])
labels = tf.cast(tf.reduce_sum(x, axis=1, keepdims=True) > 0.5, tf.float32)
model = tf.keras.Sequential([tf.keras.layers.Dense(8, activation="tanh"), tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.Adam(0.01)

for step in range(5):
    with tf.GradientTape() as tape:
        loss = f1_loss(labels, model(x))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    print(f"step {step}: loss {float(loss):.4f}")
