import keras
import tensorflow as tf

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(3, activation="softmax")])
image = tf.Variable(tf.random.stateless_normal([2, 4], seed=[0, 1]), name="image")

for _ in range(4):
    with tf.GradientTape() as tape:
        shares = model(image)  # cut
    gradient = tape.gradient(shares, image)
