import keras
import tensorflow as tf

keras.utils.set_random_seed(0)
body = [keras.layers.Dense(4, activation="tanh", name="low"), keras.layers.Dense(4, activation="tanh", name="high")]
model = keras.Sequential([keras.Input((3,)), *body, keras.layers.Dense(1, name="head")])


def freeze_until(name):
    for layer in model.layers:
        if layer.name == name:
            break
        layer.trainable = False  # cut


freeze_until("top")
model.compile(optimizer="sgd", loss="mse")
x = tf.random.stateless_normal([16, 3], seed=[0, 1])
model.fit(x, x[:, :1], epochs=2, verbose=0)  # related
