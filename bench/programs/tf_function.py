import tensorflow as tf

x = tf.random.normal([64, 8])
y = tf.reduce_sum(x, axis=1, keepdims=True)
layers = [tf.keras.layers.Dense(16, activation="tanh"), tf.keras.layers.Dense(1)]
optimizer = tf.keras.optimizers.Adam()


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        h = x
        for layer in layers:
            h = layer(h)
        loss = tf.reduce_mean(tf.cast(tf.floor(h) != tf.floor(y), tf.float32))
    variables = [v for layer in layers for v in layer.trainable_variables]
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


for _ in range(3):
    step(x, y)
