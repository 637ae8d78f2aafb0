"""compat.v1 graphs and sessions: variables of the old kind, an optimizer, `tf.gradients`, `while_loop`, `cond`, names of operations."""

import tensorflow as tf
from digest import show

v1 = tf.compat.v1
with tf.Graph().as_default() as graph:
    v1.set_random_seed(7)
    x = v1.placeholder(tf.float32, [None, 2])
    w = v1.get_variable("w", [2, 1], initializer=v1.truncated_normal_initializer(seed=1), use_resource=False)
    r = v1.get_variable("r", [1], initializer=v1.zeros_initializer(), use_resource=True)
    out = v1.nn.dropout(x @ w + r, rate=0.2)
    out = v1.cond(tf.reduce_sum(out) > 0, lambda: out * 2, lambda: out)
    _, out = v1.while_loop(lambda i, o: i < 3, lambda i, o: (i + 1, o * 0.9), [tf.constant(0), out])
    loss = tf.reduce_mean(tf.square(out - 1.0))
    asked = tf.gradients(loss, [w, r, x])
    train = v1.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    with v1.Session(config=v1.ConfigProto(inter_op_parallelism_threads=1)) as session:
        session.run(v1.global_variables_initializer())
        for _ in range(3):
            value, grads = session.run([loss, asked], {x: [[1.0, 2.0], [0.5, -1.0]]})
            session.run(train, {x: [[1.0, 2.0], [0.5, -1.0]]})  # not with the others: whether they read `w` before or after would be chance
            show(value, grads)
        show(session.run([w, r]))
    names = [op.name for op in graph.get_operations()]
show(len(names), names)
