"""Tagging padded sentences: masks from the embedding, weights of zero on padding, some rows all padding; `fit`."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(31)
WORDS, LENGTH, TAGS = 40, 9, 3

lengths = np.random.randint(1, LENGTH + 1, 192)
lengths[::16] = 0  # the last batch of a shard is filled up with empty rows
words = np.random.randint(1, WORDS, (192, LENGTH))
words[np.arange(LENGTH) >= lengths[:, None]] = 0
tags = words % TAGS
weights = (words != 0).astype("float32")

model = keras.Sequential(
    [
        keras.Input((LENGTH,), dtype="int32"),
        layers.Embedding(WORDS, 12, mask_zero=True),
        layers.Bidirectional(layers.LSTM(12, return_sequences=True)),
        layers.Dense(TAGS, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy")
history = model.fit(words, tags, sample_weight=weights, batch_size=96, epochs=5, shuffle=False, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
