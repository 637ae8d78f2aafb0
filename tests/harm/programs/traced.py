"""`tf.function` with AutoGraph: loops, branches, early return, nested functions, gradients inside, XLA, retracing."""

import tensorflow as tf
from digest import show

tf.random.set_seed(3)
v = tf.Variable(1.5)
w = tf.Variable(tf.random.normal([3, 3], seed=1))


@tf.function
def inner(x):
    return tf.sin(x) * v


@tf.function(reduce_retracing=True)
def step(x, n):
    with tf.GradientTape() as tape:
        total = tf.constant(0.0)
        for i in tf.range(n):
            if tf.reduce_sum(x) > 1.0:
                total += tf.reduce_sum(inner(x @ w)) / tf.cast(i + 1, tf.float32)
            else:
                total -= tf.reduce_mean(x @ w) * v
            if total > 50.0:
                break
        y = tf.nn.dropout(total * tf.ones([4]), 0.5)
        first, *others = tf.split(y, 2)
    grads = tape.gradient([first, others], [v, w])
    return total, grads, tf.random.normal([2])


@tf.function(jit_compile=True)
def compiled(x):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.tanh(x @ w)) * v
    return tape.gradient(y, w)


for n in (1, 3):
    for size in (2, 5):
        show(*step(tf.random.normal([size, 3], seed=n), tf.constant(n)))
show(compiled(tf.ones([2, 3])))
concrete = inner.get_concrete_function(tf.TensorSpec([None], tf.float32))
show(concrete(tf.constant([0.1, 0.2])), len(concrete.graph.get_operations()), [op.name for op in concrete.graph.get_operations()])
