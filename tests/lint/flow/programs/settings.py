"""What an argument decides: a method, a mask, a type, a way back that is switched off; and losses of parts of a model."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

x = tf.random.normal([4, 8, 3])
RESIZE = {"method": "area"}


def by_area():
    patch = tf.Variable(tf.ones([8, 8, 3]))
    with tf.GradientTape() as tape:
        small = tf.image.resize(patch[None], (4, 4), **RESIZE)  # cut non-differentiable-op
        loss = tf.reduce_sum(small) + tf.reduce_sum(patch)
    return tape.gradient(loss, patch)


def by_bilinear():
    patch = tf.Variable(tf.ones([8, 8, 3]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.image.resize(patch[None], (4, 4), method=tf.image.ResizeMethod.BILINEAR))
    return tape.gradient(loss, patch)


def not_back():
    rate = tf.Variable(0.5)
    with tf.GradientTape() as tape:
        path = tf.scan(lambda z, _: z * rate, tf.range(3.0), initializer=tf.ones([2]), back_prop=False)  # cut gradient-stopped
        loss = tf.reduce_sum(path)
    return tape.gradient(loss, [rate])


class Graph(layers.Layer):
    def build(self, input_shape):
        self.logits = self.add_weight(shape=(8, 8))
        self.attention = layers.MultiHeadAttention(2, 4)

    def call(self, inputs):
        near = tf.sigmoid(self.logits)[None]
        return self.attention(inputs, inputs, attention_mask=near)  # cut integer-cast


def masked():
    graph = Graph()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(graph(x))
    return tape.gradient(loss, graph.trainable_variables)


def of_words(model):
    ids = tf.constant(np.zeros((1, 8), "int32"))  # cut non-float-variable
    with tf.GradientTape() as tape:
        tape.watch(ids)
        score = model(ids)[:, 0]
    return tape.gradient(score, ids)


of_words(keras.Sequential([layers.Embedding(9, 4), layers.GlobalMaxPooling1D(), layers.Dense(1)]))


def by_number():
    critic = keras.Sequential([layers.Dense(1)])
    critic.compile("adam", "mse")
    with tf.GradientTape() as tape:
        loss = critic.train_on_batch(x[0], x[0, :, :1])  # cut bad-target
    return tape.gradient(loss, critic.trainable_variables)


def all_probabilities():
    model, pixels = keras.Sequential([layers.Dense(3, activation="softmax")]), tf.Variable(x[0])
    with tf.GradientTape(persistent=True) as tape:
        shares = model(pixels)  # cut constant-loss
        one = shares[:, 0]
    return tape.gradient(shares, pixels), tape.gradient(one, pixels), tape.gradient(shares, pixels, output_gradients=x[0])


def attended():
    score, query = layers.Dense(1), layers.Dense(4)
    with tf.GradientTape() as tape:
        share = tf.nn.softmax(score(tf.tanh(query(x))))  # cut flat-region
        loss = tf.reduce_mean(share * x)
    return tape.gradient(loss, query.trainable_variables + score.trainable_variables)


class Adapter(layers.Layer):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.trainable = False

    def build(self, input_shape):
        self.down = self.add_weight(shape=(3, 2), initializer="zeros")
        self.up = self.add_weight(shape=(2, 4), initializer="zeros")

    def call(self, inputs):
        return self.base.activation(self.base(inputs) + inputs @ self.down @ self.up)  # cut zero-factor


def adapted():
    adapter = Adapter(layers.Dense(4, activation="relu"))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(adapter(x))) + 0.1 * tf.nn.l2_loss(adapter.up)
    return tape.gradient(loss, adapter.trainable_variables)


def of_two_outputs():
    inputs = keras.Input((3,))
    body = layers.Dense(4)(inputs)
    model = keras.Model(inputs, {"price": layers.Dense(1)(body), "kind": layers.Dense(3)(body)})
    model.compile("sgd", loss={"price": "mse"})  # cut missing-loss
    model.fit(np.ones([4, 3]), {"price": np.ones([4, 1])})


class Judge(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(2)

    def call(self, inputs):
        return {"one": self.out(inputs)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return tf.reduce_mean(tf.square(y["one"] - y_pred["one"]))


class Rounding(Judge):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return tf.reduce_mean(tf.square(y["one"] - tf.round(y_pred["one"])))  # cut non-differentiable-op


for judge in (Judge(), Rounding()):
    judge.compile("adam")
    judge.fit(np.ones([4, 3]), {"one": np.ones([4, 2])})


def remembered():
    encoder, memory = tf.Variable(tf.ones([3, 2])), keras.Variable(np.zeros([4, 2]), trainable=False)
    with tf.GradientTape() as tape:
        memory.assign(x[0, :4] @ encoder)  # cut state-round-trip
        keys = tf.stop_gradient(x[1, :4] @ encoder)
        loss = tf.reduce_mean(memory.value * keys)
    return tape.gradient(loss, [encoder])


def derived_too_late(net):
    points = x[0]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(points)
        value = net(points)
    slope = tape.gradient(value, points)  # cut outside-tape
    return tape.gradient(slope, points)


def curved():
    net = keras.Sequential([layers.Dense(3, activation="tanh")])
    with tf.GradientTape() as outer:
        loss = tf.reduce_mean(tf.square(derived_too_late(net)))
    return outer.gradient(loss, net.trainable_variables)


def looked_into():
    inputs = keras.Input((8, 8, 1))
    maps = layers.Conv2D(4, 3, name="last")(inputs)
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalMaxPooling2D()(maps)))
    apart = keras.Model(model.input, model.get_layer("last").output)
    together = keras.Model(model.input, [model.get_layer("last").output, model.output])
    picture = tf.ones([1, 8, 8, 1])
    with tf.GradientTape(persistent=True) as tape:
        seen = apart(picture)  # cut unused-variable
        score = model(picture)[:, 0]
        shown, scores = together(picture)
        one = scores[:, 0]
    return tape.gradient(score, seen), tape.gradient(one, shown)
