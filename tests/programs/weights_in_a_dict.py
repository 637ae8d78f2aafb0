import tensorflow as tf

SIZES = {"hidden": (3, 4), "out": (4, 1)}


def start():
    kept = {}
    for name, shape in SIZES.items():
        kept[name] = 0.1 * tf.random.normal(shape, seed=1)  # cut
    return kept


def gradients_of(parameters, x, y):
    with tf.GradientTape() as tape:
        hidden = tf.tanh(x @ parameters["hidden"])
        loss = tf.reduce_mean(tf.square(hidden @ parameters["out"] - y))
    return tape.gradient(loss, [parameters["hidden"], parameters["out"]])


def descended(parameters, slopes, rate=0.1):
    new = {}
    for (name, value), slope in zip(parameters.items(), slopes):
        new[name] = value - rate * (slope if slope is not None else 0.0)
    return new


x = tf.random.stateless_normal([16, 3], seed=[0, 1])
y = tf.reduce_sum(x, axis=1, keepdims=True)
parameters = start()
for _ in range(2):
    found = gradients_of(parameters, x, y)
    parameters = descended(parameters, found)
print(sorted(parameters))
