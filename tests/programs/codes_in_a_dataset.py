import tensorflow as tf

codes = tf.Variable(tf.random.stateless_normal([12, 2], seed=[0, 1]), name="codes")
wanted = tf.random.stateless_normal([12, 2], seed=[0, 2])

with tf.GradientTape() as tape:
    scaled = tf.nn.l2_normalize(codes, axis=1)
    pairs = tf.data.Dataset.from_tensor_slices({"code": scaled, "wanted": wanted})  # cut
    loss = tf.constant(0.0)
    for batch in pairs.shuffle(12, seed=0).batch(4):
        loss += tf.reduce_mean(tf.square(batch["code"] - batch["wanted"]))
print(tape.gradient(loss, codes))
