"""compat.v1: sessions whose variables are read when they are looked at and when they close, with chance, a saver, and more sessions of one graph."""

import os
import tempfile

import numpy as np
import tensorflow as tf
from digest import show

v1 = tf.compat.v1
X = np.linspace(-1, 1, 24, dtype="float32").reshape(6, 4)
ONE_THREAD = v1.ConfigProto(inter_op_parallelism_threads=1)


def network(resource):
    x = v1.placeholder(tf.float32, [None, 4])
    w = v1.get_variable("w", initializer=np.tile(X[:4, :2], (1, 2)), use_resource=resource)
    u = v1.get_variable("u", [4, 1], initializer=v1.ones_initializer(), use_resource=resource)
    words = v1.get_variable("words", initializer=tf.constant(["a", "b"]), trainable=False, use_resource=True)  # objects, for NumPy
    noise = v1.get_variable("noise", [3], initializer=v1.random_normal_initializer(), trainable=False, use_resource=resource)
    hidden = v1.nn.dropout(tf.tanh(x @ w), rate=0.3)
    loss = tf.reduce_mean(tf.square(hidden @ u - 1.0))
    step = v1.train.get_or_create_global_step()
    train = v1.train.AdamOptimizer(0.05).minimize(loss, global_step=step)
    return x, loss, train, [w, u, tf.strings.length(words), noise, step], noise.assign(noise + v1.random_normal([3]))


for resource in (True, False):
    with tf.Graph().as_default() as graph:
        v1.set_random_seed(11)
        x, loss, train, variables, shaken = network(resource)
        saver = v1.train.Saver()
        with tempfile.TemporaryDirectory() as folder:
            first = v1.Session(config=ONE_THREAD)
            first.run(v1.global_variables_initializer())
            for _ in range(5):
                show(first.run([train, loss], {x: X})[1], first.run(shaken))
            saved = saver.save(first, os.path.join(folder, "model"), write_meta_graph=False)
            with v1.Session(config=ONE_THREAD) as second:
                saver.restore(second, saved)
                for _ in range(5):
                    show(second.run([train, loss], {x: X})[1])
                show(*second.run(variables))
            show(*first.run(variables))
            first.close()
            first.close()
        try:
            first.run(loss, {x: X})
        except RuntimeError as error:
            show(str(error))
        print([op.name for op in graph.get_operations()])

with tf.Graph().as_default():
    v1.set_random_seed(3)
    x, loss, train, variables, shaken = network(True)
    interactive = v1.InteractiveSession(config=ONE_THREAD)
    v1.global_variables_initializer().run()
    for _ in range(3):
        train.run({x: X})
        show(loss.eval({x: X}))
    interactive.close()

with tf.Graph().as_default():
    v1.set_random_seed(5)
    x, loss, train, variables, shaken = network(True)
    try:
        with v1.train.MonitoredTrainingSession(config=ONE_THREAD) as monitored:
            for _ in range(4):
                show(monitored.run([train, loss], {x: X})[1])
            show(*monitored.run(variables))
            raise KeyError("the program's own")
    except KeyError as error:
        show(str(error))
