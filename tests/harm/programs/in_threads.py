"""Four threads with tapes of their own, one after the other and at the same time, eager and traced."""

import threading

import tensorflow as tf
from digest import show

results = {}
gate = threading.Barrier(4)


def work(number):
    v = tf.Variable(float(number + 1))
    traced = tf.function(lambda x: tf.reduce_sum(tf.sin(x) * v))
    gate.wait()
    for _ in range(20):
        with tf.GradientTape() as tape:
            y = traced(tf.linspace(0.0, 1.0, 5)) + v * v
        v.assign_sub(0.1 * tape.gradient(y, v))
    results[number] = v.numpy()


threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
show(results[0], results[1], results[2], results[3])
