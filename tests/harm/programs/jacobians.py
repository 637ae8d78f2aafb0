"""Jacobians, second derivatives, forward mode, `vectorized_map`, `tf.gradients` inside a function, unconnected gradients."""

import tensorflow as tf
from digest import show

x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
w = tf.Variable([[0.1, 0.2], [0.3, 0.4]])
with tf.GradientTape(persistent=True) as outer:
    outer.watch(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.tanh(x @ w)
    jacobian = tape.jacobian(y, w)
    batch = tape.batch_jacobian(y, x)
    slope = tape.gradient(y, x, tf.ones_like(y))
hessian = outer.jacobian(slope, w, experimental_use_pfor=False)
show(jacobian, batch, slope, hessian, outer.gradient(batch, w))
other = tf.Variable(1.0)
show(tape.gradient(y, [w, other]), tape.gradient(y, [w, other], unconnected_gradients="zero"))
show(tape.gradient(y, other, None, tf.UnconnectedGradients.ZERO), tape.gradient(y, x, tf.constant([[1.0, 0.0], [0.0, 2.0]])))
with tf.autodiff.ForwardAccumulator(w, tf.ones([2, 2])) as forward:
    z = tf.reduce_sum(tf.exp(x @ w))
show(forward.jvp(z))
show(tf.vectorized_map(lambda row: tf.reduce_sum(tf.sin(row)) * row, x), tf.map_fn(lambda row: row * 2.0, x))


@tf.function
def symbolic(t):
    y = tf.reduce_sum(t**3)
    (g,) = tf.gradients(y, t)
    return tf.gradients(g, t), tf.hessians(y, t)


show(symbolic(tf.constant([1.0, 2.0])))
