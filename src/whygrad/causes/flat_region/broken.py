import tensorflow as tf

tf.keras.utils.set_random_seed(0)
income = 30_000.0 + 10_000.0 * tf.random.normal([64, 1])
x = tf.concat([income, tf.random.normal([64, 2])], axis=1)
y = tf.cast(income > 30_000.0, tf.float32)
kernel = tf.Variable(tf.random.normal([3, 1]), name="kernel")
bias = tf.Variable(tf.zeros([1]), name="bias")
optimizer = tf.keras.optimizers.SGD(0.1)

for step in range(5):
    with tf.GradientTape() as tape:
        logits = tf.clip_by_value(x @ kernel + bias, -10.0, 10.0)  # cut
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, logits))
    gradients = tape.gradient(loss, [kernel, bias])
    optimizer.apply_gradients(zip(gradients, [kernel, bias]))
    print(f"step {step}: loss {float(loss):.4f}")
