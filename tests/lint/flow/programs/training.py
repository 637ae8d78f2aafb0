"""compile, fit, minimize, train_step, layers: gradients that no tape is seen asking for."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

images, labels = np.zeros((8, 4), "float32"), np.zeros((8, 1), "float32")


def network(*middle):
    return keras.Sequential([keras.Input((4,)), layers.Dense(3), *middle, layers.Dense(1)])


def train(model, loss):
    model.compile(optimizer="adam", loss=loss)
    model.fit(images, labels)


def hits(y_true, y_pred):
    return ops.mean(ops.cast(ops.equal(y_true, ops.round(y_pred)), "float32"))  # cut non-differentiable-op


def squares(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred))


def forgets(y_true, y_pred):
    return ops.mean(ops.square(y_true - 1.0))  # cut constant-loss


def compiled_with_a_metric():
    train(network(), hits)


def compiled_and_healthy():
    train(network(), squares)


def compiled_by_name():
    train(network(), "mse")


def compiled_for_its_metrics_only():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, ops.argmax(layers.Dense(3)(inputs), axis=1))
    model.compile(loss="mse", metrics=["accuracy"])
    model.evaluate(images, labels)


def evaluated_then_trained():
    model = network()
    model.compile(optimizer="adam", loss=forgets)
    model.evaluate(images, labels)
    model.fit(images, labels)


def loss_in_a_closure():
    def make(weight):
        def loss(y_true, y_pred):
            return weight * tf.reduce_mean(tf.math.sign(y_pred - y_true))  # cut non-differentiable-op

        return loss

    train(network(), make(2.0))


class Strict(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.floor(y_pred) - y_true)  # cut non-differentiable-op


def loss_class():
    train(network(), Strict())


def lambda_layer():
    train(network(layers.Lambda(lambda z: tf.stop_gradient(z))), "mse")  # cut gradient-stopped


def lambda_layer_and_frozen():
    model = network(layers.Lambda(tf.stop_gradient))
    model.layers[0].trainable = False
    train(model, "mse")


def without_a_loss():
    model = network()
    model.compile(optimizer="adam")  # cut missing-loss
    model.fit(images, labels)


def without_labels():
    model = network()
    model.compile(optimizer="adam", loss="mse")
    model.fit(images)  # cut missing-loss


class Scaled(layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(3,), initializer="ones", name="scale")
        self.used = tf.exp(self.scale)  # cut outside-tape

    def call(self, inputs):
        return inputs * self.used


def derived_in_build():
    model = network(Scaled())
    optimizer = keras.optimizers.SGD(0.1)
    model(images)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(images))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(3)
        self.second = layers.Dense(1)

    def call(self, inputs):
        return self.second(tf.nn.relu(self.first(inputs)))

    def train_step(self, data):
        batch, target = data
        prediction = self(batch, training=True)  # cut outside-tape
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y=target, y_pred=prediction)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}


def own_train_step():
    train(Own(), "mse")


class Unused(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = layers.Dense(3)
        self.pooler = layers.Dense(3)  # cut unused-variable

    def call(self, inputs):
        return self.body(inputs)


class Pooler(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, inputs):
        return self.dense(inputs)


class OtherPooler(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)  # cut unused-variable

    def call(self, inputs):
        return self.dense(inputs)


class WithPooler(keras.Model):
    def __init__(self, pooler):
        super().__init__()
        self.body = layers.Dense(3)
        self.pooler = pooler
        self.pooler.trainable = False

    def call(self, inputs):
        return self.body(inputs)


def layer_around_it_is_frozen():
    train(WithPooler(Pooler()), "mse")


def layer_around_it_is_released():
    model = WithPooler(OtherPooler())
    model.trainable = True
    train(model, "mse")


def part_that_is_not_used():
    model = Unused()
    model.build((None, 4))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(images))
    return tape.gradient(loss, model.trainable_variables)


def minimize_an_old_loss():
    v = tf.Variable(1.0)
    loss = v**2  # cut outside-tape
    tf.keras.optimizers.SGD(0.1).minimize(lambda: loss, [v])


def minimize():
    v = tf.Variable(1.0)
    tf.keras.optimizers.SGD(0.1).minimize(lambda: v**2, [v])


def metric_object():
    metric = keras.metrics.MeanSquaredError()
    model = network()
    with tf.GradientTape() as tape:
        metric.update_state(labels, model(images))  # cut state-round-trip
        loss = metric.result()
    return tape.gradient(loss, model.trainable_variables)


def added_loss():
    class Regular(layers.Layer):
        def call(self, inputs):
            self.add_loss(tf.reduce_mean(inputs**2))
            return tf.stop_gradient(inputs)

    train(network(Regular()), "mse")


def listed_before_it_is_built():
    model = keras.Sequential([layers.Dense(3), layers.Dense(1)])
    variables = model.trainable_variables  # cut empty-variable-list
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(images))
    return tape.gradient(loss, variables)


def all_of_its_variables():
    model = network(layers.BatchNormalization())
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(images, training=True))
    return tape.gradient(loss, model.variables)  # cut not-trainable


train(network(), forgets)


def softmax_over_one_class():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(1, activation="softmax")])  # cut flat-region
    train(model, "mse")


def softmax_over_three():
    train(keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")]), "mse")


def evaluated():
    model = network()
    model.compile(loss="mse")
    with tf.GradientTape() as tape:
        loss = model.evaluate(images, labels)  # cut bad-target
    return tape.gradient(loss, model.trainable_variables)


def frozen_layer_by_layer():
    model = keras.Sequential([network(), layers.Dense(1)])
    for layer in model.layers:
        layer.trainable = False  # cut empty-variable-list
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(images))
    return tape.gradient(loss, model.trainable_variables)


def frozen_and_released():
    model = keras.Sequential([network(), layers.Dense(1)])
    model.trainable = False
    model.trainable = True
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(images))
    return tape.gradient(loss, model.trainable_variables)
