"""A GRU, an LSTM and a convolution trained in a custom `train_step`."""

import numpy as np
import tensorflow as tf
from digest import show
from tensorflow import keras

keras.utils.set_random_seed(4)


class Trainer(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, self(x, training=True), from_logits=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


rng = np.random.default_rng(1)
x, y = rng.normal(size=(24, 7, 3)).astype("float32"), rng.integers(0, 3, size=24)
inputs = keras.Input((7, 3))
hidden = keras.layers.Conv1D(4, 3, padding="same", activation="gelu")(inputs)
hidden = keras.layers.GRU(5, return_sequences=True, dropout=0.2)(hidden)
model = Trainer(inputs, keras.layers.Dense(3)(keras.layers.LSTM(4)(hidden)))
model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9), loss="mse")
show(model.fit(x, y, epochs=2, batch_size=8, verbose=0).history["loss"], *model.get_weights())
