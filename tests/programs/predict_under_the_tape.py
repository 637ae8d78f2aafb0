import tensorflow as tf

encoder = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(2, name="code")])
head = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])
x = tf.ones([4, 3])
with tf.GradientTape() as tape:
    codes = encoder.predict(x, verbose=0)  # cut
    loss = tf.reduce_mean(head(codes))  # related
grads = tape.gradient(loss, encoder.trainable_variables + head.trainable_variables)
print([g is None for g in grads])
