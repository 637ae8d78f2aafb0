"""Half of the units dropped in two layers, an L2 penalty, a learning-rate schedule; trained by `fit`."""

import keras
import numpy as np
from keras import layers, regularizers

keras.utils.set_random_seed(28)

x = np.random.normal(size=(256, 20)).astype("float32")
label = np.argmax(x @ np.random.normal(size=(20, 4)), axis=1)

model = keras.Sequential(
    [
        keras.Input((20,)),
        layers.Dense(64, activation="relu", kernel_regularizer=regularizers.l2(1e-4)),
        layers.Dropout(0.5),
        layers.Dense(64, activation="relu", kernel_regularizer=regularizers.l2(1e-4)),
        layers.Dropout(0.5),
        layers.Dense(4, activation="softmax"),
    ]
)
schedule = keras.optimizers.schedules.CosineDecay(0.02, decay_steps=20)
model.compile(optimizer=keras.optimizers.Adam(schedule), loss="sparse_categorical_crossentropy")
history = model.fit(x, label, batch_size=128, epochs=6, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
