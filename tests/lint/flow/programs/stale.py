"""Lists that were read before their model was made anew, what is derived when the tape has stopped, and passes that are made twice."""

import tensorflow as tf

x = tf.constant([[1.0, 2.0], [3.0, 4.0]])


def build():
    return tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(3), tf.keras.layers.Dense(1)])


class Search:
    def __init__(self):
        self.net = build()
        self.listed = self.net.trainable_variables  # cut variable-recreated
        self.fresh = self.net.trainable_variables

    def again(self):
        self.net = build()
        self.fresh = self.net.trainable_variables

    def step(self):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.net(x) ** 2)
        return tape.gradient(loss, self.listed)

    def fresh_step(self):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.net(x) ** 2)
        return tape.gradient(loss, self.fresh)


search = Search()
search.again()
search.step()
search.fresh_step()


def kept_by_hand():
    net = build()
    kept = [v for v in net.trainable_variables if "bias" not in v.name]
    net = build()  # cut variable-recreated
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(net(x) ** 2)
    return tape.gradient(loss, kept)


def two_networks():
    online, target = build(), build()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((online(x) - target(x)) ** 2)
    return tape.gradient(loss, online.trainable_variables)


def inner_derivatives(net, points):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(points)
        field = net(points)
        inside = field[:, 0]
    outside = tf.reduce_sum(field, axis=1)  # cut outside-tape
    return tape.gradient(inside, points) + tape.gradient(outside, points)


def residual(net):
    points = tf.constant([[0.5, 0.5]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(inner_derivatives(net, points))
    return tape.gradient(loss, net.trainable_variables)


def asked_the_inner_one():
    w = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape(persistent=True) as inner:
            y = w**3
        slope = inner.gradient(y, w)
        loss = slope**2 + y
    return inner.gradient(loss, w), outer  # cut wrong-tape


class Two(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.body = tf.keras.layers.Dense(4)
        self.policy = tf.keras.layers.Dense(2)
        self.value = tf.keras.layers.Dense(1)

    def call(self, inputs):
        hidden = self.body(inputs)
        return self.policy(hidden), self.value(hidden)


def baseline_before(agent):
    advantage = 1.0 - agent(x)[1]
    with tf.GradientTape() as tape:
        logits, _ = agent(x)  # cut unused-variable
        loss = -tf.reduce_mean(tf.nn.log_softmax(logits) * advantage)
    return tape.gradient(loss, agent.trainable_variables)


def baseline_and_value(agent):
    advantage = 1.0 - agent(x)[1]
    with tf.GradientTape() as tape:
        logits, value = agent(x)
        loss = tf.reduce_mean(value**2) - tf.reduce_mean(tf.nn.log_softmax(logits) * advantage)
    return tape.gradient(loss, agent.trainable_variables)


def all_before(agent):
    logits, value = agent(x)  # cut outside-tape
    with tf.GradientTape() as tape:
        print(agent(x))
        loss = tf.reduce_mean(value**2) + tf.reduce_mean(logits**2)
    return tape.gradient(loss, agent.trainable_variables)


def features_before(encoder, decoder):
    code = encoder(x)  # cut outside-tape
    with tf.GradientTape() as tape:
        print(encoder(x + 1.0))
        loss = tf.reduce_mean(decoder(code) ** 2)
    return tape.gradient(loss, encoder.trainable_variables + decoder.trainable_variables)


def one_after_the_other(networks):
    everything = [v for network in networks() for v in network.trainable_variables]
    for network in networks():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(network(x) ** 2)
        print(tape.gradient(loss, network.trainable_variables))
    for network in (pair := [build(), build()]):  # cut unused-variable
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(network(x) ** 2)
        print(tape.gradient(loss, [v for one in pair for v in one.trainable_variables]))
    return everything


features_before(build(), tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)]))
one_after_the_other(lambda: [build() for _ in range(2)])
kept_by_hand()
two_networks()
residual(build())
asked_the_inner_one()
for act in (baseline_before, baseline_and_value, all_before):
    act(Two())
