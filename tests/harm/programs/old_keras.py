"""tf_keras: `fit` with a warning about missing gradients, the legacy optimizers, a functional model."""

import numpy as np
import tf_keras as keras
from digest import show

keras.utils.set_random_seed(8)
x = np.random.default_rng(3).normal(size=(32, 4)).astype("float32")
for optimizer in (keras.optimizers.Adam(0.01), keras.optimizers.legacy.SGD(0.1, momentum=0.5)):
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(6, activation="relu", name="hidden")(inputs)
    idle = keras.layers.Dense(1, name="idle")(hidden)
    model = keras.Model(inputs, [keras.layers.Dense(1)(hidden), idle])
    model.compile(optimizer=optimizer, loss=["mse", None], metrics=[["mae"], []])
    history = model.fit(x, x[:, :1], epochs=2, batch_size=8, verbose=0).history
    show(*[history[name] for name in sorted(history)], *model.get_weights())
