import keras
import tensorflow as tf

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
listed = model.trainable_variables  # related
before = [tf.identity(v) for v in listed]
model = keras.models.clone_model(model)  # cut
x = tf.random.stateless_normal([16, 3], seed=[0, 1])
with tf.GradientTape() as tape:
    drift = tf.add_n([tf.reduce_sum(tf.square(v - b)) for v, b in zip(model.trainable_variables, before)])
    loss = tf.reduce_mean(tf.square(model(x) - 1.0)) + drift
keras.optimizers.SGD(0.1).apply_gradients(zip(tape.gradient(loss, listed), listed))
