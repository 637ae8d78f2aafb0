"""An autoencoder that also classifies: the weight of the second loss is zero in the first step and grows."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(10)
STEPS = 10

centres = np.random.normal(0.0, 2.0, (3, 16))
label = np.random.randint(0, 3, 240)
x = (centres[label] + np.random.normal(size=(240, 16))).astype("float32")

encoder = keras.Sequential([keras.Input((16,)), layers.Dense(24, activation="relu"), layers.Dense(6, activation="relu")])
decoder = keras.Sequential([keras.Input((6,)), layers.Dense(24, activation="relu"), layers.Dense(16)])
classifier = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(0.01)
variables = encoder.trainable_variables + decoder.trainable_variables + classifier.trainable_variables


def weight_of_labels(step):
    """Linear warm-up: nothing at first, one at the end."""
    return step / (STEPS - 1)


for step in range(STEPS):
    with tf.GradientTape() as tape:
        code = encoder(x)
        reconstruction = tf.reduce_mean(tf.square(decoder(code) - x))
        classification = cross_entropy(label, classifier(code))
        loss = reconstruction + weight_of_labels(step) * classification
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    print(f"step {step} loss {float(reconstruction):.4f} labels {float(classification):.4f}")
