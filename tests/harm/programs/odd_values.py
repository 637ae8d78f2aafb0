"""Objects whose attributes misbehave when somebody looks at them, handed to layers, modules, tapes and optimizers."""

import numpy as np
import tensorflow as tf
from digest import show
from tensorflow import keras


class Touchy:
    """Counts who looks; raises what `hasattr` does not swallow."""

    looks = 0

    def __getattr__(self, name):
        if not name.startswith("__"):
            Touchy.looks += 1
            raise RuntimeError(f"do not read {name}")
        raise AttributeError(name)


class Holder(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([1.0, 2.0])
        self.touchy = Touchy()


class Slots:
    __slots__ = ("w",)


class Layer(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight(shape=(2,), initializer="ones", name="w")
        self.raw = tf.Variable(1.0)
        self.fits = np.ones(3)

    def call(self, x):
        return x * self.w * self.raw


holder = Holder()
holder.w = np.array([5.0, 6.0], "float32")
holder.w = Touchy()
holder.w = Slots()
layer = Layer()
layer.fits = Touchy
layer.trainable = False
show(layer(tf.ones([1, 2])), [type(v).__name__ for v in layer.trainable_variables], Touchy.looks)
big = tf.Variable(tf.zeros([3], tf.string.as_numpy_dtype and tf.float64))
text = tf.Variable("text")
ragged = tf.ragged.constant([[1.0, 2.0], [3.0]])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(ragged)
    y = tf.reduce_sum(ragged * 2.0)
    z = tf.reduce_sum(big) + tf.cast(tf.strings.length(text), tf.float64)
g = tape.gradient(y, ragged)
show(g.to_list() if hasattr(g, "to_list") else g, tape.gradient(z, {"big": big, "none": text}))
sparse = tf.sparse.from_dense([[0.0, 1.0]])
with tf.GradientTape() as tape:
    tape.watch(sparse.values)
    y = tf.reduce_sum(tf.sparse.to_dense(sparse) ** 2)
show(tape.gradient(y, sparse.values))
ids = iter([tf.Variable(1.0)])
with tf.GradientTape() as tape:
    y = tf.constant(1.0)
try:
    tape.gradient(y, ids)
except Exception as error:
    print(type(error).__name__)
show(len(list(ids)))
