import keras
import numpy as np

keras.utils.set_random_seed(5)


class Ranker(keras.Model):
    def __init__(self):
        super().__init__()
        self.items = keras.layers.Dense(4, name="items")
        self.out = keras.layers.Dense(1, name="out")
        self.items.trainable = False

    def call(self, x):
        return self.out(self.items(x))


ranker = Ranker()
ranker.compile(optimizer="sgd", loss="mse")
x = np.random.normal(size=(8, 3))
for step in range(6):
    if step == 3:
        ranker.items.trainable = True  # cut
    ranker.train_on_batch(x, x[:, :1])  # related
