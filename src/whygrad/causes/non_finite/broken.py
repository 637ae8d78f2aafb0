import tensorflow as tf

tf.keras.utils.set_random_seed(0)
x = tf.random.normal([16, 3])
kernel = tf.Variable(tf.random.normal([3, 2]), name="kernel")
optimizer = tf.keras.optimizers.SGD(0.01)


def distances(points):
    return tf.norm(points[:, None] - points[None, :], axis=-1)  # cut


for step in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(distances(x @ kernel) / (1.0 + distances(x)))
    gradient = tape.gradient(loss, kernel)
    optimizer.apply_gradients([(gradient, kernel)])
    print(f"step {step}: loss {float(loss):.4f}")
