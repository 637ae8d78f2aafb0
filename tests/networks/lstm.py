"""An LSTM that predicts the next value of a noisy wave, trained by `fit`."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(21)
WINDOW = 16

time = np.arange(400)
series = (np.sin(time / 5.0) + 0.1 * np.random.normal(size=400)).astype("float32")
windows = np.lib.stride_tricks.sliding_window_view(series, WINDOW + 1)
x, y = windows[:160, :-1, None], windows[:160, -1:]

model = keras.Sequential(
    [
        keras.Input((WINDOW, 1)),
        layers.LSTM(16, return_sequences=True),
        layers.LSTM(16),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
history = model.fit(x, y, batch_size=80, epochs=5, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
