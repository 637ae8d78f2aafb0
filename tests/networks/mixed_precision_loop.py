"""Mixed float16 precision in a traced loop of one's own: the loss is scaled, the optimizer unscales and skips."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(48)
keras.mixed_precision.set_global_policy("mixed_float16")

model = keras.Sequential(
    [
        keras.Input((12, 12, 1)),
        layers.Conv2D(8, 3, strides=2, activation="relu"),
        layers.Conv2D(16, 3, strides=2, activation="relu"),
        layers.Flatten(),
        layers.Dense(3),
        layers.Activation("linear", dtype="float32"),
    ]
)
optimizer = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.Adam(0.01), initial_scale=1024.0)
optimizer.build(model.trainable_variables)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(x, training=True))
        scaled = optimizer.scale_loss(loss)
    gradients = tape.gradient(scaled, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


row, column = np.mgrid[0:12, 0:12]
label = np.random.randint(0, 3, 90)
images = np.stack([np.sin(row), np.sin(column), np.sin(row + column)])[label]
images = (images + np.random.normal(0, 0.4, images.shape))[..., None].astype("float32")
for step in range(10):
    print(f"step {step} loss {float(train_step(images, label)):.4f}")
