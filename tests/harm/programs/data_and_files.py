"""Datasets, `py_function`, checkpoints, saved models, pickle and copies."""

import copy
import pickle
import tempfile

import numpy as np
import tensorflow as tf
from digest import show
from tensorflow import keras

keras.utils.set_random_seed(9)
data = tf.data.Dataset.range(6).shuffle(6, seed=1).map(lambda i: tf.cast(i, tf.float32) ** 2).batch(2)
show(*data, *data.as_numpy_iterator())
v = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = tf.py_function(lambda t: t * v, [v], tf.float32) + tf.numpy_function(lambda a: a * np.float32(3), [v], tf.float32)
show(y, tape.gradient(y, v))
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.fit(np.ones([4, 2]), np.ones([4, 1]), verbose=0)
x = tf.ones([1, 2])
with tempfile.TemporaryDirectory() as folder:
    model.save(f"{folder}/m.keras")
    show(keras.models.load_model(f"{folder}/m.keras")(x))
    model.save_weights(f"{folder}/m.weights.h5")
    model.load_weights(f"{folder}/m.weights.h5")
    checkpoint = tf.train.Checkpoint(v=v)
    path = checkpoint.save(f"{folder}/c")
    v.assign(9.0)
    checkpoint.restore(path).assert_consumed()
    module = tf.Module()
    module.v = v
    show(copy.deepcopy(module).v)
    module.f = tf.function(lambda t: t * v, input_signature=[tf.TensorSpec([], tf.float32)])
    tf.saved_model.save(module, f"{folder}/s")
    loaded = tf.saved_model.load(f"{folder}/s")
    with tf.GradientTape() as tape:
        y = loaded.f(tf.constant(3.0))
    show(v, y, tape.gradient(y, loaded.v), sorted(name for name in vars(loaded) if "whygrad" in name))
show(copy.deepcopy(v), copy.copy(v), copy.deepcopy(model)(x), pickle.loads(pickle.dumps(model))(x), pickle.loads(pickle.dumps(tf.constant(1.0))))
show(keras.models.clone_model(model).count_params())
