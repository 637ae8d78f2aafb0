import tensorflow as tf

gate, high = tf.Variable(0.3), tf.Variable(1.0)
with tf.GradientTape() as tape:
    chosen = [high * 2.0 if x > gate else high for x in (0.1, 0.7)]  # cut
    loss = tf.reduce_sum(chosen)
print(tape.gradient(loss, [gate, high]))
