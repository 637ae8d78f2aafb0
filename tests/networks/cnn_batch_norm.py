"""A convolutional network with batch normalisation, trained by `fit`."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(20)


def stripes(n):
    """Pictures of stripes in one of three directions, with noise."""
    row, column = np.mgrid[0:12, 0:12]
    waves = np.stack([np.sin(row), np.sin(column), np.sin(row + column)])
    label = np.random.randint(0, 3, n)
    return (waves[label] + np.random.normal(0, 0.5, (n, 12, 12)))[..., None].astype("float32"), label


model = keras.Sequential(
    [
        keras.Input((12, 12, 1)),
        layers.Conv2D(8, 3, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = stripes(128)
history = model.fit(x, y, batch_size=64, epochs=5, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
