import tensorflow as tf

encoder, head = tf.Variable(tf.ones([3, 2])), tf.Variable(tf.ones([2, 1]))
data = tf.data.Dataset.from_tensor_slices(tf.ones([4, 3])).batch(2)
data = data.map(lambda x: tf.nn.relu(x @ encoder))  # cut
for features in data:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(features @ head))
    print(tape.gradient(loss, [encoder, head]))
