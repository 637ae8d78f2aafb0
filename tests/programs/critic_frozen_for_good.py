import keras
import numpy as np

keras.utils.set_random_seed(3)
generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
critic = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)])
critic.compile(optimizer="sgd", loss="mse")
critic.trainable = False  # cut
both = keras.Sequential([generator, critic])
both.compile(optimizer="sgd", loss="mse")
real, ones, zeros = np.random.normal(1, 1, (16, 3)), np.ones((16, 1)), np.zeros((16, 1))
for _ in range(2):
    noise = np.random.normal(size=(16, 2))
    critic.train_on_batch(real, ones)  # related
    critic.train_on_batch(generator(noise), zeros)
    both.train_on_batch(noise, ones)
