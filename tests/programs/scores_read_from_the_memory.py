import tensorflow as tf

x = tf.random.stateless_normal([4, 3], seed=[0, 1])
encoder = tf.Variable(tf.random.stateless_normal([3, 2], seed=[0, 2]), name="encoder")
memory = tf.Variable(tf.zeros([4, 2]), trainable=False, name="memory")

with tf.GradientTape() as tape:
    memory.assign(x @ encoder)  # cut
    keys = tf.stop_gradient((x + 0.1) @ encoder)  # related
    loss = tf.reduce_mean(tf.matmul(memory, keys, transpose_b=True))
print(tape.gradient(loss, [encoder]))
