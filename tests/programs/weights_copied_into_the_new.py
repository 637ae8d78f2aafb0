import tensorflow as tf


class Net(tf.Module):
    def __init__(self, seed):
        self.w = tf.Variable(tf.random.stateless_normal([3, 1], seed=[0, seed]), name="w")


class Agent:
    def __init__(self):
        self.net = Net(1)
        self.listed = list(self.net.trainable_variables)  # related

    def restart(self):
        old = self.net
        self.net = Net(2)  # cut
        self.net.w.assign(old.w)


agent = Agent()
agent.restart()
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(tf.ones([2, 3]) @ agent.net.w))
print(tape.gradient(loss, agent.listed))
