"""Mistakes that the program catches: the text of each exception, and warnings with the line they point at."""

import logging
import warnings

import tensorflow as tf
from digest import show
from tensorflow import keras

v = tf.Variable(2.0, name="v")
u = tf.Variable(3.0, name="u")
dense = keras.layers.Dense(2)


def attempt(function):
    try:
        show(function())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
        print(getattr(error, "__notes__", None), type(error.__cause__), type(error.__context__))


def round_trip(y):
    with tf.GradientTape() as tape:
        loss = y(v)
    keras.optimizers.SGD().apply_gradients(zip([tape.gradient(loss, v)], [v]))


def used_up():
    with tf.GradientTape() as tape:
        y = v * v
    tape.gradient(y, v)
    return tape.gradient(y, v)


class Fails(keras.layers.Layer):
    def call(self, x):
        return tf.matmul(x, tf.ones([7, 7]))


attempt(lambda: round_trip(tf.round))
attempt(lambda: tf.function(round_trip)(tf.round))
attempt(used_up)
attempt(tf.function(used_up))
attempt(lambda: tf.GradientTape().gradient(None, None))
attempt(lambda: tf.GradientTape().gradient())
attempt(lambda: tf.GradientTape().gradient(v, v, v, v, v))
attempt(lambda: tf.GradientTape().watch("text"))
attempt(lambda: dense(tf.ones([2])))
attempt(lambda: Fails()(tf.ones([2, 3])))
attempt(lambda: keras.Sequential([Fails()])(tf.ones([2, 3])))
attempt(lambda: tf.constant(1.0) + "a")
attempt(lambda: tf.function(lambda x: tf.while_loop(lambda i: i < 3, lambda i: (i, i), [x]))(tf.constant(0)))
attempt(lambda: tf.cond(tf.constant([True, False]), lambda: v, lambda: u))
attempt(lambda: keras.optimizers.SGD().apply_gradients([]))
attempt(lambda: keras.optimizers.SGD().apply_gradients(3))
attempt(lambda: keras.Sequential([keras.layers.Dense(1)]).fit(tf.ones([2, 2]), tf.ones([2, 1]), verbose=0))
attempt(lambda: setattr(dense, "_trainable_variables", 3))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with tf.GradientTape() as tape:
        y = v * 2
    keras.optimizers.SGD(0.1).apply_gradients(zip(tape.gradient(y, [v, u]), [v, u]))
    with tf.GradientTape() as tape:
        tape.watch(tf.constant(1))
show([(str(w.message), w.category.__name__, w.filename.rpartition("/")[2], w.lineno) for w in caught])
show(v, u, logging.getLogger("tensorflow").level)
