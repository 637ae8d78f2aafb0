"""A residual network whose last scale in each block starts at zero; a traced step compiled by XLA."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(40)


def block(x, filters):
    h = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    h = layers.ReLU()(layers.BatchNormalization()(h))
    h = layers.Conv2D(filters, 3, padding="same", use_bias=False)(h)
    h = layers.BatchNormalization(gamma_initializer="zeros")(h)
    return layers.ReLU()(layers.Add()([x, h]))


inputs = keras.Input((10, 10, 1))
h = layers.Conv2D(8, 3, padding="same", use_bias=False)(inputs)
h = layers.ReLU()(layers.BatchNormalization()(h))
h = block(block(h, 8), 8)
model = keras.Model(inputs, layers.Dense(4)(layers.GlobalAveragePooling2D()(h)))

label = np.random.randint(0, 4, 96)
images = np.random.normal(0, 0.3, (96, 10, 10, 1)).astype("float32")
for image, kind in zip(images, label):
    image[2 : 3 + 2 * kind, 2:8] += 1.0  # bars of four widths

optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
optimizer.build(model.trainable_variables)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function(jit_compile=True)
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


for step in range(10):
    print(f"step {step} loss {float(train_step(images, label)):.4f}")
