import tensorflow as tf

gain = tf.Variable(0.5, name="gain")


@tf.function
def rolled_out(state):
    seen = tf.TensorArray(tf.float32, size=3)
    for t in tf.range(3):
        state = state * gain
        seen.write(t, state)  # cut
    with tf.control_dependencies([state]):
        return seen.stack()


@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(rolled_out(1.0))
    return [g is None for g in tape.gradient(loss, [gain])]


print(step())
