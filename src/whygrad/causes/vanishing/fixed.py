import tensorflow as tf

tf.keras.utils.set_random_seed(0)
x = tf.random.normal([32, 8])
y = tf.reduce_sum(x, axis=1, keepdims=True)
kernels = [tf.Variable(tf.random.normal([8, 8], stddev=0.3), name=f"kernel_{i}") for i in range(80)]
head = tf.Variable(tf.random.normal([8, 1]), name="head")
bias = tf.Variable(tf.zeros([1]), name="bias")
variables = [*kernels, head, bias]

for step in range(4):
    with tf.GradientTape() as tape:
        hidden = x
        for kernel in kernels:
            hidden = hidden + 0.1 * tf.tanh(hidden @ kernel)
        loss = tf.reduce_mean(tf.square(hidden @ head + bias - y))
    gradients = tape.gradient(loss, variables)
    for variable, gradient in zip(variables, gradients):
        variable.assign_sub(0.001 * gradient)
    print(f"step {step}: loss {float(loss):.4f}")
