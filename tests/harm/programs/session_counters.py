"""compat.v1: reads of variables that wait for an assignment, in graphs whose gradients are looked at; fetched and not fetched."""

import numpy as np
import tensorflow as tf
from digest import show

v1 = tf.compat.v1
for resource in (True, False):
    with tf.Graph().as_default():
        x = v1.placeholder(tf.float32, [None, 2])
        w = v1.get_variable("w", [2, 1], initializer=v1.ones_initializer(), use_resource=resource)
        count = v1.get_variable("count", [], initializer=v1.zeros_initializer(), use_resource=resource)
        average = v1.get_variable("average", [2, 1], initializer=v1.zeros_initializer(), use_resource=resource)
        counted = count.assign_add(1.0)
        with tf.control_dependencies([average.assign(0.9 * average + 0.1)]):
            smooth = average.read_value() + 0.0
        with tf.control_dependencies([counted]):
            again = count.read_value() * 1.0
        loss = tf.reduce_mean(tf.square(x @ w - 1.0))
        asked = tf.gradients(loss, [w])
        train = v1.train.AdamOptimizer(0.1).minimize(loss, global_step=v1.train.get_or_create_global_step())
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            for step in range(6):
                show(*session.run([asked, loss], {x: np.ones([3, 2])}))
                show(*session.run([train, smooth, again] if step % 2 else [train, loss], {x: [[1.0, 2.0]]})[1:])
            show(*session.run([w, count, average, v1.train.get_global_step()]))
