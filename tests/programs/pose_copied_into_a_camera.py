import tensorflow as tf


class Camera:
    def __init__(self, yaw):
        self.yaw = tf.Variable(yaw)  # cut


def localise(target):
    yaw = tf.Variable(0.5, name="yaw")
    with tf.GradientTape() as tape:
        loss = tf.square(tf.sin(Camera(yaw).yaw) - target)
    return tape.gradient(loss, [yaw])


found = localise(1.0)
