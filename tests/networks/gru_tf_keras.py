"""A bidirectional GRU of the older Keras on sequences of letters, trained by `fit`."""

import numpy as np
import tf_keras
from tf_keras import layers

tf_keras.utils.set_random_seed(26)
LETTERS, LENGTH = 20, 10

text = np.random.randint(0, LETTERS, (160, LENGTH))
rises = (np.diff((text >= LETTERS // 2).astype(int), axis=1) > 0).sum(axis=1)
label = (rises >= 3).astype("float32")

model = tf_keras.Sequential(
    [
        layers.Embedding(LETTERS, 8, input_length=LENGTH),
        layers.Bidirectional(layers.GRU(12)),
        layers.Dense(8, activation="elu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=tf_keras.optimizers.Adam(0.02, clipnorm=1.0), loss="binary_crossentropy")
history = model.fit(text, label, batch_size=80, epochs=5, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
