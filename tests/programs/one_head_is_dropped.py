import keras
import tensorflow as tf

seen = keras.Input((4,))
body = keras.layers.Dense(8, activation="tanh", name="body")(seen)
model = keras.Model(seen, [keras.layers.Dense(2, name="action")(body), keras.layers.Dense(1, name="value")(body)])
states = tf.random.stateless_normal([6, 4], seed=[0, 1])

_, before = model(states)
gain = 1.0 - before
with tf.GradientTape() as tape:
    action, _ = model(states)  # cut
    loss = -tf.reduce_mean(tf.nn.log_softmax(action)[:, :1] * gain)
print([g is None for g in tape.gradient(loss, model.trainable_variables)])
