import tensorflow as tf

tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 4])
y = tf.reduce_sum(x, axis=1, keepdims=True)

model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(8, activation="tanh"),
        tf.keras.layers.Dense(1),
    ]
)
model.compile(optimizer="adam", metrics=["mae"])  # cut
model.fit(x, y, epochs=2, batch_size=32, verbose=2)
