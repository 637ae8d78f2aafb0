import keras
import tensorflow as tf

keras.utils.set_random_seed(0)
base = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="tanh", name="low")], name="base")
model = keras.Sequential([base, keras.layers.Dense(1, name="head")])


def release(epoch, logs):
    if epoch == 1:
        model.get_layer("base").trainable = True  # cut


base.trainable = False
model.compile(optimizer="sgd", loss="mse")
x = tf.random.stateless_normal([16, 3], seed=[0, 1])
model.fit(x, x[:, :1], epochs=4, verbose=0, callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=release)])  # related
