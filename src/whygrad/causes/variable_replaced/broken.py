import tensorflow as tf

x = tf.reshape(tf.linspace(-1.0, 1.0, 60), [20, 3])
y = tf.reduce_sum(x, axis=1, keepdims=True) + 0.5

w = tf.Variable(tf.zeros([3, 1]))
b = tf.Variable(tf.zeros([1]))
rate = 0.1

for step in range(20):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x @ w + b - y))
    gradient_w, gradient_b = tape.gradient(loss, [w, b])
    w = w - rate * gradient_w  # cut
    b.assign_sub(rate * gradient_b)
    print(f"step {step}: loss {float(loss):.4f}")
