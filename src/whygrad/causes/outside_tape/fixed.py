import tensorflow as tf

tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 4])
y = tf.cast(tf.reduce_sum(x, axis=1) > 0.0, tf.int32)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(8, activation="tanh"),
        tf.keras.layers.Dense(2),
    ]
)
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam(0.01)

for step in range(5):
    with tf.GradientTape() as tape:
        logits = model(x)
        loss = loss_fn(y, logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    print(f"step {step}: loss {float(loss):.4f}")
