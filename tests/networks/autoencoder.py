"""A denoising convolutional autoencoder with sigmoid pixels, trained by `fit`."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(22)


def squares(n):
    images = np.zeros((n, 16, 16, 1), "float32")
    for image in images:
        row, column = np.random.randint(0, 8, 2)
        size = np.random.randint(3, 8)
        image[row : row + size, column : column + size] = 1.0
    return images


clean = squares(128)
noisy = np.clip(clean + np.random.normal(0, 0.3, clean.shape), 0.0, 1.0).astype("float32")

inputs = keras.Input((16, 16, 1))
h = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inputs)
h = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(h)
h = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(h)
h = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(h)
outputs = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(h)
autoencoder = keras.Model(inputs, outputs, name="denoiser")
autoencoder.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
history = autoencoder.fit(noisy, clean, batch_size=64, epochs=5, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
