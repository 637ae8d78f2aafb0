"""MirroredStrategy on two logical devices: a loop of its own and `fit`."""

import numpy as np
import tensorflow as tf
from digest import show
from tensorflow import keras

keras.utils.set_random_seed(6)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    v = tf.Variable([1.0, 2.0])
    total = tf.Variable(0.0, aggregation=tf.VariableAggregation.SUM, synchronization=tf.VariableSynchronization.ON_READ)


def replica(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(v * x * x)
    total.assign_add(loss)
    return tape.gradient(loss, v)


for run in (lambda x: strategy.run(replica, (x,)), tf.function(lambda x: strategy.run(replica, (x,)))):
    values = strategy.experimental_distribute_values_from_function(lambda c: tf.constant([1.0, 3.0 + c.replica_id_in_sync_group]))
    grads = run(values)
    show(strategy.reduce("SUM", grads, axis=None), strategy.num_replicas_in_sync, total.read_value())
with strategy.scope():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
x = np.random.default_rng(2).normal(size=(16, 3)).astype("float32")
show(model.fit(x, x[:, :1], epochs=2, batch_size=8, verbose=0).history["loss"], *model.get_weights())
