import tensorflow as tf

point = {"mass": tf.random.uniform([8], seed=1), "speed": tf.random.uniform([8], seed=2)}

with tf.GradientTape() as tape:
    energy = 0.5 * point["mass"] * tf.square(point["speed"])
slopes = tape.gradient(energy, [point["mass"], point["speed"]])  # cut
error = point["mass"] - tf.reduce_mean(point["mass"])
print([s is None for s in slopes], float(tf.reduce_sum(error)))
