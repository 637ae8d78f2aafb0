"""Mixed float16 precision: `fit` puts a LossScaleOptimizer around Adam, whose first steps may overflow and be skipped."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(30)

x = np.random.normal(size=(240, 12)).astype("float32")
label = np.argmax(x[:, :4] + 0.2 * np.random.normal(size=(240, 4)), axis=1)

policy = keras.mixed_precision.DTypePolicy("mixed_float16")
model = keras.Sequential(
    [
        keras.Input((12,)),
        layers.Dense(32, activation="relu", dtype=policy),
        layers.LayerNormalization(dtype=policy),
        layers.Dense(32, activation="relu", dtype=policy),
        layers.Dense(4, activation="softmax", dtype="float32"),
    ]
)
optimizer = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.Adam(0.01), initial_scale=2.0**15)
model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
history = model.fit(x, label, batch_size=120, epochs=6, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
