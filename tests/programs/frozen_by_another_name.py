import keras
import tensorflow as tf

online = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
target = online
target.trainable = False  # cut

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(online(tf.ones([4, 3])))
weights = online.trainable_variables  # related
tape.gradient(loss, weights)
