import tensorflow as tf

readings = tf.constant([[20.4, 21.9, 24.1], [18.6, 20.1, 22.3], [22.5, 24.0, 26.2]])
truth = tf.constant([[19.2], [17.4], [21.3]])

offsets = tf.Variable([1, 2, 4])  # cut
scale = tf.Variable(1.1)

for step in range(10):
    with tf.GradientTape() as tape:
        corrected = scale * readings - tf.cast(offsets, tf.float32)
        loss = tf.reduce_mean(tf.square(corrected - truth))
    gradients = tape.gradient(loss, [offsets, scale])
    for parameter, gradient in zip([offsets, scale], gradients):
        if gradient is not None:
            parameter.assign_sub(0.0005 * gradient)
    print(f"step {step}: loss {float(loss):.4f}, offsets {offsets.numpy()}")
