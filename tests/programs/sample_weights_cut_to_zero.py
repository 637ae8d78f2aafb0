import keras
import numpy as np

random = np.random.default_rng(0)
x = random.normal(size=(16, 3)).astype("float32")
sure = random.uniform(0.3, 0.9, size=16).astype("int32")
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, name="score")])
model.compile(optimizer="sgd", loss="mse")
model.fit(x, x[:, :1], sample_weight=sure, epochs=4, verbose=0)  # cut
