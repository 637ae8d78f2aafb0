import tensorflow as tf

tf.keras.utils.set_random_seed(0)
x = tf.random.normal([64, 6])
teacher = tf.keras.layers.Dense(3, activation="tanh")
student = tf.keras.Sequential([tf.keras.Input((6,)), tf.keras.layers.Dense(2), tf.keras.layers.Dense(3)])
optimizer = tf.keras.optimizers.SGD(0.1)


@tf.function
def train_step(batch):
    with tf.GradientTape() as tape:
        wanted = tf.stop_gradient(teacher(batch))
        found = student(batch)
        loss = tf.reduce_mean(tf.square(found - wanted))
    gradients = tape.gradient(loss, student.trainable_variables)
    optimizer.apply_gradients(zip(gradients, student.trainable_variables))
    return loss


for step in range(5):
    print(f"step {step}: loss {float(train_step(x)):.4f}")
