import tensorflow as tf

x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
y = tf.constant([[1.0], [0.0]])
w = tf.Variable([[0.1], [0.2]])
b = tf.Variable([0.0])
optimizer = tf.keras.optimizers.SGD(0.1)
with tf.GradientTape() as tape:
    prediction = tf.round(tf.sigmoid(x @ w + b))
    loss = tf.reduce_mean((prediction - y) ** 2)
gradients = tape.gradient(loss, [w, b])
optimizer.apply_gradients(zip(gradients, [w, b]))
