import tensorflow as tf

tf.keras.utils.set_random_seed(0)
x = tf.random.normal([16, 8])
y = tf.reduce_sum(x, axis=1, keepdims=True)
kernel = tf.Variable(tf.random.normal([8, 8], stddev=0.1), name="kernel")
head = tf.Variable(tf.random.normal([8, 1]), name="head")
variables = [kernel, head]

for step in range(3):
    with tf.GradientTape() as tape:
        state = x
        for _ in range(120):
            state = state @ kernel + x
        loss = tf.reduce_mean(tf.square(state @ head - y))
    gradients = tape.gradient(loss, variables)
    for variable, gradient in zip(variables, gradients):
        variable.assign_sub(0.01 * gradient)
    print(f"step {step}: loss {float(loss):.4f}")
