import keras
import numpy as np
import tensorflow as tf


def ranked(truth, score):
    order = np.argsort(np.asarray(score).ravel())
    return np.float32(np.asarray(truth).ravel()[order][: len(order) // 2].mean())


def at_the_bottom(truth, score):
    share = tf.py_function(ranked, [truth, score], tf.float32)  # cut
    share.set_shape(())
    return share


model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="sgd", loss=at_the_bottom)
x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
model.fit(x, (x[:, :1] > 0).astype("float32"), batch_size=16, verbose=0)
