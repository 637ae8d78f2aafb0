import tensorflow as tf


class Line(tf.Module):
    def __init__(self):
        super().__init__()
        self.bias = tf.Variable(0.0, name="bias")

    def __call__(self, x):
        self.slope = tf.Variable(0.5, name="slope")  # cut
        return self.slope * x + self.bias


x = tf.linspace(0.0, 1.0, 50)
y = 3.0 * x - 1.0
model = Line()
print("first prediction", float(model(x)[0]))
variables = list(model.trainable_variables)
optimizer = tf.keras.optimizers.SGD(0.1)

for step in range(10):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y))
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    print(f"step {step}: loss {float(loss):.4f}")
