import tensorflow as tf

tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 4])
y = tf.sin(3.0 * x[:, :1]) + x[:, 1:2] * x[:, 2:3]
model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(16, activation="tanh"),
        tf.keras.layers.Dense(1),
    ]
)
optimizer = tf.keras.optimizers.Adam(0.01)

for step in range(5):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    print(f"step {step}: loss {float(loss):.4f}")
