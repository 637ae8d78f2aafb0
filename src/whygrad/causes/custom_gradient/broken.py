import tensorflow as tf


@tf.custom_gradient
def clip_backward(x):
    def backward(upstream):
        tf.clip_by_norm(upstream, 1.0)  # cut

    return tf.identity(x), backward


x = tf.random.stateless_normal([32, 4], seed=[0, 1])
y = 5.0 * tf.reduce_sum(x, axis=1, keepdims=True) + 2.0
kernel = tf.Variable(0.1 * tf.random.stateless_normal([4, 1], seed=[0, 2]), name="kernel")
bias = tf.Variable(tf.zeros([1]), name="bias")
optimizer = tf.keras.optimizers.SGD(0.05)

for step in range(10):
    with tf.GradientTape() as tape:
        prediction = clip_backward(x @ kernel) + bias  # cut
        loss = tf.reduce_mean(tf.square(prediction - y))
    gradients = tape.gradient(loss, [kernel, bias])
    optimizer.apply_gradients(zip(gradients, [kernel, bias]))
    print(f"step {step}: loss {float(loss):.4f}")
