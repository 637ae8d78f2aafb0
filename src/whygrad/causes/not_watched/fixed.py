import tensorflow as tf

tf.keras.utils.set_random_seed(0)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Conv2D(4, 3, activation="tanh"),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10),
    ]
)
image = tf.random.uniform([1, 12, 12, 1])

with tf.GradientTape() as tape:
    tape.watch(image)
    score = model(image)[:, 3]
saliency = tape.gradient(score, image)
strength = tf.reduce_max(tf.abs(saliency), axis=-1)
print("strongest pixel", int(tf.argmax(tf.reshape(strength, [-1]))))
