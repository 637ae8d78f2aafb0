import tensorflow as tf

weights = tf.Variable(tf.random.stateless_normal([2, 2], seed=[0, 1]), name="weights")
place = tf.random.stateless_normal([8, 2], seed=[0, 2])

with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        inner.watch(place)
        field = tf.tanh(place @ weights)
    first = field[:, 0]  # cut
    slope = inner.gradient(first, place)
    loss = tf.reduce_mean(tf.square(slope[:, 0]))
print(outer.gradient(loss, weights))
