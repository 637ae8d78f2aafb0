"""Tapes and losses that are handed on in pairs: the place is the pair that is crossed, not the loop that hands it on."""

import tensorflow as tf

x = tf.ones([4, 3])


def in_the_loop(x):
    a, c = tf.Variable(tf.ones([3, 1])), tf.Variable(tf.ones([3, 1]))
    with tf.GradientTape() as actor_tape:
        actor_loss = tf.reduce_mean(x @ a)
    with tf.GradientTape() as critic_tape:
        critic_loss = tf.reduce_mean((x @ c) ** 2)
    jobs = [
        (critic_tape, actor_loss, [a]),  # cut wrong-tape
        [actor_tape, critic_loss, [c]],  # cut wrong-tape
    ]
    for tape, loss, variables in jobs:
        print(tape.gradient(loss, variables))


in_the_loop(x)


def update(tape, loss, variables):
    return tape.gradient(loss, variables)


def through_a_helper(x):
    a, c = tf.Variable(tf.ones([3, 1])), tf.Variable(tf.ones([3, 1]))
    with tf.GradientTape() as actor_tape:
        actor_loss = tf.reduce_mean(x @ a)
    with tf.GradientTape() as critic_tape:
        critic_loss = tf.reduce_mean((x @ c) ** 2)
    jobs = {
        "actor": (critic_tape, actor_loss, [a]),  # cut wrong-tape
        "critic": (actor_tape, critic_loss, [c]),  # cut wrong-tape
    }
    for job in jobs.values():
        update(*job)


through_a_helper(x)


def by_hand(x):
    a, c = tf.Variable(tf.ones([3, 1])), tf.Variable(tf.ones([3, 1]))
    with tf.GradientTape() as actor_tape:
        actor_loss = tf.reduce_mean(x @ a)
    with tf.GradientTape() as critic_tape:
        critic_loss = tf.reduce_mean((x @ c) ** 2)
    update(critic_tape, actor_loss, [a])  # cut wrong-tape
    update(actor_tape, critic_loss, [c])  # cut wrong-tape


by_hand(x)


def healthy(x):
    a, c = tf.Variable(tf.ones([3, 1])), tf.Variable(tf.ones([3, 1]))
    with tf.GradientTape() as actor_tape:
        actor_loss = tf.reduce_mean(x @ a)
    with tf.GradientTape() as critic_tape:
        critic_loss = tf.reduce_mean((x @ c) ** 2)
    for job in [(actor_tape, actor_loss, [a]), [critic_tape, critic_loss, [c]]]:
        update(*job)


healthy(x)


def both_record(x):
    a = tf.Variable(tf.ones([3, 1]))
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        loss = tf.reduce_mean((x @ a) ** 2)
    for tape, target in [(outer, loss), (inner, loss)]:
        print(tape.gradient(target, a))


both_record(x)
