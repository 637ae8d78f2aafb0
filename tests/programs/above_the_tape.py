import tensorflow as tf

x = tf.random.stateless_normal([32, 3], seed=[0, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True) + 0.5

weights = tf.Variable(tf.ones([3, 1]), name="weights")
bias = tf.Variable(tf.zeros([1]), name="bias")
optimizer = tf.keras.optimizers.SGD(0.1)

outputs = tf.matmul(x, weights) + bias  # cut
with tf.GradientTape() as tape:  # related
    loss = tf.reduce_mean(tf.square(outputs - y))
gradients = tape.gradient(loss, [weights, bias])
optimizer.apply_gradients(zip(gradients, [weights, bias]))
