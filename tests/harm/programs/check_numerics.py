"""TensorFlow's own op callbacks beside ours: `enable_check_numerics`, before and after."""
# alone

import tensorflow as tf
from digest import show

tf.debugging.enable_check_numerics()
v = tf.Variable(2.0)


@tf.function
def f(x):
    with tf.GradientTape() as tape:
        y = v * x + tf.sin(v)
        if y > 0:
            y = y * 2
        for _ in tf.range(3):
            y = y + v
        y = tf.add_n(tf.split(tf.stack([y, y]), 2))
    return tape.gradient(y, v)


show(f(tf.constant(3.0)))
try:
    show(tf.math.log(tf.constant(-1.0)))
except tf.errors.InvalidArgumentError as error:
    print(str(error).strip().splitlines()[0])
tf.debugging.disable_check_numerics()
show(tf.math.log(tf.constant(-1.0)), f(tf.constant(4.0)))
