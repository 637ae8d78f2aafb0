"""A Keras model with its own `train_step` (a consistency term over two noisy views), compiled by XLA."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(27)


class Consistent(keras.Model):
    """Labelled loss plus agreement of two views of the same batch."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def call(self, x, training=False):
        return self.network(x, training=training)

    @property
    def metrics(self):
        return [self.loss_tracker]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            first = self(x + 0.1 * tf.random.normal(tf.shape(x)), training=True)
            second = self(x + 0.1 * tf.random.normal(tf.shape(x)), training=True)
            supervised = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, first, from_logits=True))
            agreement = tf.reduce_mean(tf.square(tf.nn.softmax(first) - tf.nn.softmax(tf.stop_gradient(second))))
            loss = supervised + 0.5 * agreement
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


label = np.random.randint(0, 4, 200)
x = (np.eye(4)[label] @ np.random.normal(size=(4, 8)) + 0.2 * np.random.normal(size=(200, 8))).astype("float32")
model = Consistent(keras.Sequential([keras.Input((8,)), layers.Dense(24, activation="gelu"), layers.Dense(4)]))
model.compile(optimizer=keras.optimizers.Adam(0.02), jit_compile=True)
history = model.fit(x, label, batch_size=100, epochs=5, verbose=0)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch} loss {loss:.4f}")
