import tensorflow as tf

tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 6])
y = tf.reduce_sum(x[:, :2], axis=1, keepdims=True)
down = tf.Variable(tf.zeros([6, 2]), name="down")
up = tf.Variable(tf.zeros([2, 1]), name="up")
bias = tf.Variable(tf.zeros([1]), name="bias")
variables = [down, up, bias]
optimizer = tf.keras.optimizers.SGD(0.1)

for step in range(5):
    with tf.GradientTape() as tape:
        prediction = x @ down @ up + bias  # cut
        loss = tf.reduce_mean(tf.square(prediction - y))
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    print(f"step {step}: loss {float(loss):.4f}")
