import tensorflow as tf

x = tf.random.stateless_normal([5, 2], seed=[0, 1])
start = tf.random.stateless_normal([2, 3], seed=[0, 2])
soft = tf.Variable(tf.random.stateless_normal([5, 3], seed=[0, 3]), name="soft")

for _ in range(4):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(start)
            first = tf.nn.softmax_cross_entropy_with_logits(labels=tf.nn.softmax(soft), logits=x @ start)  # cut
        w = start - 0.5 * inner.gradient(first, start)
        loss = tf.reduce_mean(tf.square(x @ w))
    print(float(tf.norm(outer.gradient(loss, soft))))
