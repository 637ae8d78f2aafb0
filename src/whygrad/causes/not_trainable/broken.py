import tensorflow as tf


class Classifier(tf.Module):
    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable(tf.random.stateless_normal([4, 3], seed=[1, 2]), name="kernel")
        self.temperature = tf.Variable(2.0, trainable=False, name="temperature")  # cut

    def __call__(self, x):
        return x @ self.kernel / self.temperature


x = tf.random.stateless_normal([32, 4], seed=[3, 4])
labels = tf.argmax(x[:, :3], axis=1)
model = Classifier()
parameters = [model.kernel, model.temperature]

for step in range(5):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=model(x)))
    gradients = tape.gradient(loss, parameters)
    for parameter, gradient in zip(parameters, gradients):
        if gradient is not None:
            parameter.assign_sub(0.5 * gradient)
    print(f"step {step}: loss {float(loss):.4f}, temperature {float(model.temperature):.3f}")
