"""Stages in which nothing is trained, by intention: a frozen baseline before the training, moving statistics for other data after it."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(31)
x = np.random.normal(size=(64, 5)).astype("float32")
y = (x[:, :1] * 2 - x[:, 1:2]).astype("float32")
inputs = keras.Input((5,))
hidden = layers.BatchNormalization(center=False, scale=False, momentum=0.5)(layers.Dense(8, name="hidden")(inputs))
model = keras.Model(inputs, layers.Dense(1, name="out")(layers.Activation("tanh")(hidden)))

model.trainable = False
model.compile(optimizer="sgd", loss="mse")
before = model.fit(x, y, verbose=0).history["loss"][0]

model.trainable = True
model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")
after = model.fit(x, y, epochs=5, verbose=0).history["loss"][-1]

for name in ("hidden", "out"):
    model.get_layer(name).trainable = False
elsewhere = keras.Model(model.inputs, model.outputs)
elsewhere.compile(optimizer="sgd", loss="mse")
adapted = elsewhere.fit(x + 1, y, epochs=2, verbose=0).history["loss"][-1]
print(f"before {before:.4f}, after {after:.4f}, elsewhere {adapted:.4f}")
