import tensorflow as tf


def displayable(image):
    """What most of these programs have: the clipping stands in a function of its own."""
    return tf.clip_by_value(image, 0.0, 1.0)


class Painter:
    def __init__(self, start):
        self.state = {"canvas": tf.Variable(start, name="canvas")}

    def paint(self, goal):
        canvas = self.state["canvas"]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(canvas - goal))
        gradient = tape.gradient(loss, canvas)
        self.state["canvas"] = displayable(canvas - 0.1 * gradient)  # cut


painter = Painter(tf.fill([4, 4], 0.5))
for _ in range(3):
    painter.paint(tf.ones([4, 4]))
