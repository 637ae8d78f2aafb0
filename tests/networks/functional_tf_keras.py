"""A functional model of the older Keras: two inputs, one output, trained by `fit`."""

import numpy as np
import tf_keras
from tf_keras import layers

tf_keras.utils.set_random_seed(25)

numbers = np.random.normal(size=(200, 6)).astype("float32")
shop = np.random.randint(0, 12, (200, 1))
sales = numbers.sum(axis=1, keepdims=True) + 0.3 * shop

figures = layers.Input((6,), name="figures")
place = layers.Input((1,), dtype="int32", name="shop")
h = layers.Dense(16, activation="relu")(figures)
h = layers.Concatenate()([h, layers.Flatten()(layers.Embedding(12, 4)(place))])
h = layers.Dense(16, activation="relu")(layers.LayerNormalization()(h))
outputs = layers.Dense(1, name="sales")(h)
model = tf_keras.Model([figures, place], outputs, name="shops")
model.compile(optimizer=tf_keras.optimizers.Adam(0.02), loss="mse", metrics=["mae"])
history = model.fit({"figures": numbers, "shop": shop}, sales, batch_size=100, epochs=5, verbose=0)

print(model.name, "has", model.count_params(), "parameters")
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
