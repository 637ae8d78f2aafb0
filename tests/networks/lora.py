"""Low-rank adapters on frozen layers: B starts at zero, so A has no gradient in the first step; traced step."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(46)
RANK = 2


class LoraDense(keras.layers.Layer):
    """A frozen dense layer plus a trainable product of two thin matrices."""

    def __init__(self, units, activation=None):
        super().__init__()
        self.base = keras.layers.Dense(units, activation=None)
        self.base.trainable = False
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.base.build(input_shape)
        self.a = self.add_weight(shape=(input_shape[-1], RANK), initializer="he_normal", name="lora_a")
        self.b = self.add_weight(shape=(RANK, self.base.units), initializer="zeros", name="lora_b")

    def call(self, x):
        return self.activation(self.base(x) + 4.0 * tf.matmul(tf.matmul(x, self.a), self.b))


model = keras.Sequential([keras.Input((10,)), LoraDense(32, "relu"), LoraDense(32, "relu"), LoraDense(1)])
optimizer = keras.optimizers.Adam(0.01)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


x = np.random.normal(size=(128, 10)).astype("float32")
y = np.tanh(x[:, :1] + x[:, 1:2] * x[:, 2:3])
for step in range(10):
    print(f"step {step} loss {float(train_step(x, y)):.4f}")
