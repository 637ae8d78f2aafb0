"""Variables that are listed or watched one by one, before and after their model is built."""

import tensorflow as tf

x = tf.constant([[1.0, 2.0]])


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = tf.keras.layers.Dense(3)
        self.out = tf.keras.layers.Dense(1)

    def call(self, inputs):
        return self.out(self.inner(inputs))


def by_value(net):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([v.value for v in net.trainable_variables])
        loss = tf.reduce_sum(net(x) ** 2)
    return tape.gradient(loss, net.trainable_variables)


def one_by_one(net):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        [tape.watch(v) for v in net.trainable_variables]
        loss = tf.reduce_sum(net(x) ** 2)
    return tape.gradient(loss, net.trainable_variables)


def lazily(net):
    with tf.GradientTape(watch_accessed_variables=False) as tape:  # cut not-watched
        tape.watch(v for v in net.trainable_variables if v.shape.rank == 2)
        loss = tf.reduce_sum(net(x) ** 2)
    return tape.gradient(loss, net.trainable_variables)


def listed_too_early(net):
    kernels = [v for v in net.trainable_variables if "kernel" in v.name]  # cut empty-variable-list
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(net(x) ** 2)
    return tape.gradient(loss, kernels)


built = Net()
built(x)
by_value(built)
one_by_one(built)
lazily(Net())
listed_too_early(Net())
late = Net()
late(x)
listed = [v for v in late.trainable_variables if v.trainable]
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(late(x) ** 2)
tape.gradient(loss, listed)
