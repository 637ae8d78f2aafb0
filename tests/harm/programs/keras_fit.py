"""`model.fit` of Keras: dropout, batch normalisation, a metric, a callback, a step of its own, and a variable without gradient (a warning)."""

import numpy as np
from digest import show
from tensorflow import keras

keras.utils.set_random_seed(2)


class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(8, activation="relu")
        self.norm = keras.layers.BatchNormalization()
        self.drop = keras.layers.Dropout(0.3)
        self.head = keras.layers.Dense(1)
        self.unused = self.add_weight(shape=(2,), name="unused")

    def call(self, x, training=False):
        return self.head(self.drop(self.norm(self.dense(x), training=training), training=training))


x = np.random.default_rng(0).normal(size=(64, 5)).astype("float32")
y = x.sum(axis=1, keepdims=True)
for eager in (False, True):
    model = Model()
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"], run_eagerly=eager)
    history = model.fit(x, y, epochs=2, batch_size=16, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()])
    show(*[value for name in sorted(history.history) for value in history.history[name]])
    show(*model.get_weights(), model.predict(x[:3], verbose=0), model.evaluate(x, y, verbose=0))
