"""One trunk, three tasks with weights, one of them small; trained by `fit` from a dataset."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(23)

rooms = np.random.normal(size=(256, 10)).astype("float32")
score = rooms @ np.random.normal(size=10)
targets = {
    "price": (score + 0.1 * np.random.normal(size=256)).astype("float32")[:, None],
    "sold": (score > 0).astype("float32")[:, None],
    "district": np.digitize(rooms[:, 0], [-0.5, 0.5]),
}

inputs = keras.Input((10,))
trunk = layers.Dense(32, activation="relu")(inputs)
trunk = layers.Dense(32, activation="relu")(trunk)
outputs = {
    "price": layers.Dense(1, name="price")(trunk),
    "sold": layers.Dense(1, activation="sigmoid", name="sold")(trunk),
    "district": layers.Dense(3, activation="softmax", name="district")(trunk),
}
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.AdamW(0.01, weight_decay=1e-3),
    loss={"price": "mse", "sold": "binary_crossentropy", "district": "sparse_categorical_crossentropy"},
    loss_weights={"price": 0.1, "sold": 1.0, "district": 0.5},
)
dataset = tf.data.Dataset.from_tensor_slices((rooms, targets)).shuffle(256, seed=0).batch(128)
history = model.fit(dataset, epochs=5, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
