"""A small U-Net with a Dice loss beside the cross-entropy; traced step."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(43)


def conv(x, filters):
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def unet():
    inputs = keras.Input((16, 16, 1))
    top = conv(inputs, 8)
    middle = conv(layers.MaxPooling2D()(top), 16)
    bottom = conv(layers.MaxPooling2D()(middle), 32)
    up = layers.Conv2DTranspose(16, 2, strides=2)(bottom)
    up = conv(layers.Concatenate()([up, middle]), 16)
    up = layers.UpSampling2D(interpolation="bilinear")(up)
    up = conv(layers.Concatenate()([up, top]), 8)
    return keras.Model(inputs, layers.Conv2D(1, 1)(up))


def cells(n):
    row, column = np.mgrid[0:16, 0:16]
    centre, radius = np.random.uniform(4, 12, (n, 2, 1, 1)), np.random.uniform(2, 4, (n, 1, 1))
    mask = ((row - centre[:, 0]) ** 2 + (column - centre[:, 1]) ** 2 < radius**2).astype("float32")
    return (mask + np.random.normal(0, 0.3, mask.shape))[..., None].astype("float32"), mask[..., None]


def segmentation_loss(mask, logits):
    p = tf.sigmoid(logits)
    dice = 1.0 - (2.0 * tf.reduce_sum(p * mask) + 1.0) / (tf.reduce_sum(p) + tf.reduce_sum(mask) + 1.0)
    return dice + tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=mask, logits=logits))


model = unet()
optimizer = keras.optimizers.Adam(5e-3)


@tf.function
def train_step(image, mask):
    with tf.GradientTape() as tape:
        loss = segmentation_loss(mask, model(image, training=True))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss


images, masks = cells(48)
for step in range(10):
    print(f"step {step} loss {float(train_step(images, masks)):.4f}")
