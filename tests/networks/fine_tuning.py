"""Fine-tuning: a frozen convolutional base in inference mode, a new head on top; `fit`, then the last block released."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(24)

base = keras.Sequential(
    [
        keras.Input((16, 16, 3)),
        layers.Conv2D(8, 3, activation="relu", name="block1"),
        layers.BatchNormalization(name="norm1"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, activation="relu", name="block2"),
        layers.GlobalAveragePooling2D(),
    ],
    name="base",
)
base.trainable = False

label = np.random.randint(0, 2, 128)
photos = np.random.normal(0, 1, (128, 16, 16, 3)).astype("float32")
photos += np.where(label == 1, 0.6, -0.6)[:, None, None, None].astype("float32")

inputs = keras.Input((16, 16, 3))
features = base(inputs, training=False)
outputs = layers.Dense(1, activation="sigmoid")(layers.Dropout(0.2)(features))
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy")
losses = model.fit(photos, label, batch_size=64, epochs=3, verbose=0).history["loss"]

base.get_layer("block2").trainable = True
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
losses += model.fit(photos, label, batch_size=64, epochs=3, verbose=0).history["loss"]
for epoch, loss in enumerate(losses):
    print(f"epoch {epoch} loss {loss:.4f}")
