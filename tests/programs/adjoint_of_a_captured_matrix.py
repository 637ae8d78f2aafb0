import tensorflow as tf

stiffness = tf.Variable([1.0, 2.0], name="stiffness")
power = tf.Variable([0.5, 0.5], name="power")


def solver(system):
    @tf.custom_gradient
    def solve(right):
        return right / system, lambda upstream: upstream / system  # cut

    return solve


with tf.GradientTape() as tape:
    step = solver(tf.nn.softplus(stiffness))
    loss = tf.reduce_sum(tf.square(step(power) - 1.0))  # related
print(tape.gradient(loss, [stiffness, power]))
