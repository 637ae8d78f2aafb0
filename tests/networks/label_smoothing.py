"""Label smoothing and class weights over a rare class; trained by `fit`."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(29)

label = np.random.choice(3, 240, p=[0.6, 0.35, 0.05])
x = (np.random.normal(size=(3, 6))[label] + 0.5 * np.random.normal(size=(240, 6))).astype("float32")

model = keras.Sequential(
    [
        keras.Input((6,)),
        layers.Dense(16, activation="selu", kernel_initializer="lecun_normal"),
        layers.Dense(16, activation="selu", kernel_initializer="lecun_normal"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Nadam(0.02),
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
    metrics=["accuracy"],
)
history = model.fit(x, np.eye(3)[label], batch_size=120, epochs=5, class_weight={0: 1.0, 1: 1.5, 2: 8.0}, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
