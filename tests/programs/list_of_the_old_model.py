import keras
import tensorflow as tf


def fresh():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


model = fresh()
optimizer = keras.optimizers.SGD(0.1)
listed = model.trainable_variables  # related
x = tf.random.stateless_normal([16, 3], seed=[0, 1])
model = fresh()  # cut
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(model(x) - 1.0))
optimizer.apply_gradients(zip(tape.gradient(loss, listed), listed))
