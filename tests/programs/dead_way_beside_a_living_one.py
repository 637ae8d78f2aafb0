import tensorflow as tf

data = tf.random.stateless_normal([20, 4], seed=[0, 1])
spread = tf.Variable(tf.eye(4))
with tf.GradientTape() as tape:
    values, vectors = tf.linalg.eigh(spread)  # cut
    axes = vectors[:, -2:]
    back = data @ axes @ tf.transpose(axes)
    loss = tf.reduce_mean(tf.square(data - back))
print(tape.gradient(loss, spread))
