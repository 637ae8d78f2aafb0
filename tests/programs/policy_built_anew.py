import tensorflow as tf


class Room:
    goal = 1.0


class Player:
    def __init__(self):
        self.reset()
        self.listed = [self.kernel]  # related

    def reset(self):
        self.kernel = tf.Variable(tf.ones([3, 1]), name="kernel")  # cut


room, player = Room(), Player()
player.reset()
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(tf.ones([2, 3]) @ player.kernel - room.goal))
print(tape.gradient(loss, player.listed))
