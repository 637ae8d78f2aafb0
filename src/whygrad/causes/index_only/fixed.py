import tensorflow as tf

x = tf.linspace(-2.0, 2.0, 81)
y = tf.where(x > 0.7, 3.0 * x, -x)

threshold = tf.Variable(0.0, name="threshold")
low = tf.Variable(-0.5, name="low")
high = tf.Variable(2.0, name="high")
parameters = [threshold, low, high]

for step in range(20):
    with tf.GradientTape() as tape:
        gate = tf.sigmoid(10.0 * (x - threshold))
        prediction = gate * high * x + (1.0 - gate) * low * x
        loss = tf.reduce_mean(tf.square(prediction - y))
    gradients = tape.gradient(loss, parameters)
    for parameter, gradient in zip(parameters, gradients):
        if gradient is not None:
            parameter.assign_sub(0.1 * gradient)
    print(f"step {step}: loss {float(loss):.4f}, threshold {float(threshold):.3f}")
