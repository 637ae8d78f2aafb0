import keras
import tensorflow as tf

x = tf.random.stateless_normal([8, 2], seed=[0, 1])
slow = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="slow")])
fast = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="fast")])

with tf.GradientTape() as tape:
    fast.set_weights(slow.get_weights())  # cut
    loss = tf.reduce_mean(tf.square(fast(x) - 1.0))
print(tape.gradient(loss, slow.trainable_variables))
