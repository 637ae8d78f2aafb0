import keras
import tensorflow as tf

keras.utils.set_random_seed(0)
tokens = keras.Input((4,), dtype="int32")
hidden = keras.layers.Embedding(9, 3, name="words")(tokens)
model = keras.Model(tokens, keras.layers.Dense(1, name="score")(keras.layers.Flatten()(hidden)))
for layer in model.layers[:-1]:
    layer.trainable = False
model.compile(optimizer="adam", loss="mse")
x = tf.random.stateless_uniform([16, 4], seed=[0, 1], maxval=9, dtype=tf.int32)
y = tf.cast(x[:, :1], tf.float32)
model.fit(x, y, epochs=2, verbose=0)  # related
for layer in model.layers:
    layer.trainable = True  # cut
model.fit(x, y, epochs=2, verbose=0)
