import tensorflow as tf

x = tf.random.stateless_normal([64, 5], seed=[0, 1])
y = tf.reduce_sum(tf.sin(x), axis=1, keepdims=True)
encoder = tf.Variable(0.5 * tf.random.stateless_normal([5, 8], seed=[0, 2]))
head = tf.Variable(0.5 * tf.random.stateless_normal([8, 1], seed=[0, 3]))

for step in range(10):
    with tf.GradientTape() as tape:
        features = tf.tanh(x @ encoder)
        with tape.stop_recording():
            sparsity = tf.reduce_mean(tf.cast(tf.abs(features) < 0.1, tf.float32))
        loss = tf.reduce_mean(tf.square(features @ head - y))
    gradients = tape.gradient(loss, [encoder, head])
    for parameter, gradient in zip([encoder, head], gradients):
        if gradient is not None:
            parameter.assign_sub(0.05 * gradient)
    print(f"step {step}: loss {float(loss):.4f}, sparsity {float(sparsity):.2f}")
