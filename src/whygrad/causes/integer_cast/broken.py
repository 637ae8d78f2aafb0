import tensorflow as tf

photo = tf.random.stateless_uniform([8, 8, 3], seed=[1, 2], maxval=0.8)
reference = photo * tf.constant([1.1, 0.9, 1.0]) * 255.0

gain = tf.Variable([1.0, 1.0, 1.0], name="gain")
offset = tf.Variable(0.05, name="offset")
optimizer = tf.keras.optimizers.Adam(0.01)

for step in range(10):
    with tf.GradientTape() as tape:
        corrected = photo * gain + offset
        pixels = tf.cast(corrected * 255.0, tf.uint8)  # cut
        difference = tf.cast(pixels, tf.float32) - reference
        loss = tf.reduce_mean(tf.square(difference))
    gradients = tape.gradient(loss, [gain, offset])
    optimizer.apply_gradients(zip(gradients, [gain, offset]))
    print(f"step {step}: loss {float(loss):.3f}")
