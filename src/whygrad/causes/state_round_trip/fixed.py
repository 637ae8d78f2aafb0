import tensorflow as tf

x = tf.random.stateless_normal([60, 3], seed=[5, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True) - 0.4
batches = [(x[i : i + 20], y[i : i + 20]) for i in range(0, 60, 20)]

w = tf.Variable(tf.zeros([3, 1]), name="w")
b = tf.Variable(tf.zeros([1]), name="b")
optimizer = tf.keras.optimizers.SGD(0.1)

for epoch in range(5):
    total = 0.0
    with tf.GradientTape() as tape:
        for inputs, targets in batches:
            total = total + tf.reduce_mean(tf.square(inputs @ w + b - targets))
        loss = total / len(batches)
    gradients = tape.gradient(loss, [w, b])
    optimizer.apply_gradients(zip(gradients, [w, b]))
    print(f"epoch {epoch}: loss {float(loss):.4f}")
