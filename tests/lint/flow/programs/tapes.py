"""Tapes: what runs outside, what is watched, which tape is asked."""

import tensorflow as tf

x = tf.random.normal([8, 3])
y = tf.random.normal([8, 1])


def healthy():
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w - y) ** 2)
    return tape.gradient(loss, w)


def before_the_tape():
    w = tf.Variable(tf.zeros([3, 1]))
    prediction = x @ w  # cut outside-tape
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((prediction - y) ** 2)
    return tape.gradient(loss, w)


def after_the_tape():
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w - y) ** 2)
    return tape.gradient(2.0 * loss, w)  # cut outside-tape


def asked_inside_is_fine():
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w - y) ** 2)
        return tape.gradient(loss, w)


def forward(w):
    return tf.nn.relu(x @ w)


def before_the_tape_in_a_helper():
    w = tf.Variable(tf.zeros([3, 1]))
    hidden = forward(w)  # cut outside-tape
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(hidden)
    return tape.gradient(loss, [w])


def begin():
    tape = tf.GradientTape()
    tape.__enter__()
    return tape


def entered_by_hand():
    w = tf.Variable(tf.zeros([3, 1]))
    tape = begin()
    loss = tf.reduce_sum(x @ w)
    tape.__exit__(None, None, None)
    return tape.gradient(loss, w)


def loss_under(tape, w):
    with tape:
        return tf.reduce_sum(x @ w)


def tape_as_an_argument():
    w = tf.Variable(tf.zeros([3, 1]))
    tape = tf.GradientTape()
    loss = loss_under(tape, w)
    return tape.gradient(loss, w)


def not_watched():
    image = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(image**2)
    return tape.gradient(score, image)  # cut not-watched


def watched():
    image = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        tape.watch(image)
        score = tf.reduce_sum(image**2)
    return tape.gradient(score, image)


def watched_too_late():
    image = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(image**2)
        tape.watch(image)  # cut not-watched
    return tape.gradient(score, image)


def watched_a_copy():
    image = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        tape.watch(tf.identity(image))  # cut not-watched
        score = tf.reduce_sum(image**2)
    return tape.gradient(score, image)


def not_watching_variables():
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape(watch_accessed_variables=False) as tape:  # cut not-watched
        loss = tf.reduce_sum(x @ w)
    return tape.gradient(loss, w)


def of_what_was_computed_under_the_tape():
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape() as tape:
        hidden = x @ w
        loss = tf.reduce_sum(hidden**2)
    return tape.gradient(loss, hidden)


def paused():
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            hidden = x @ w  # cut recording-stopped
        loss = tf.reduce_sum(hidden)
    return tape.gradient(loss, w)


def asked_twice():
    w = tf.Variable(1.0)
    b = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = (w + b) ** 2
    first = tape.gradient(loss, w)
    return first, tape.gradient(loss, b)  # cut wrong-tape


def persistent():
    w = tf.Variable(1.0)
    b = tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        loss = (w + b) ** 2
    return tape.gradient(loss, w), tape.gradient(loss, b)


def one_or_the_other(flag):
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = w**2
    if flag:
        return tape.gradient(loss, w)
    return tape.gradient(loss, [w])


def the_other_tape():
    w = tf.Variable(1.0)
    with tf.GradientTape() as first:
        one = w**2
    with tf.GradientTape() as second:
        other = w**3
    return second.gradient(one, w), first.gradient(other, w)  # cut wrong-tape


def second_derivative():
    w = tf.Variable(1.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            z = w**3
        slope = inner.gradient(z, w)
    return outer.gradient(slope, w)


def zeros_on_purpose():
    w, v = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        z = v**3
    return tape.gradient(z, w, unconnected_gradients="zero")


def emptied_in_between():
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape() as tape:
        prediction = x @ w  # cut outside-tape
        tape.reset()
        loss = tf.reduce_mean((prediction - y) ** 2)
    return tape.gradient(loss, w)


def emptied_before():
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape() as tape:
        print(x @ w)
        tape.reset()
        loss = tf.reduce_mean((x @ w - y) ** 2)
    return tape.gradient(loss, w)


def emptied_now_and_then(step):
    w = tf.Variable(tf.zeros([3, 1]))
    with tf.GradientTape() as tape:
        prediction = x @ w
        if step % 10 == 0:
            tape.reset()
        loss = tf.reduce_mean((prediction - y) ** 2)
    return tape.gradient(loss, w)


def only_a_condition():
    w, low, high = tf.Variable(0.3), tf.Variable(0.0), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        chosen = [(low if v > w else high) * 2.0 for v in (0.1, 0.7)]  # cut index-only
        loss = tf.reduce_sum(chosen)
    return tape.gradient(loss, [w, low, high])


def an_option_that_is_not_used(inputs, rate=0.1):
    v = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(inputs * 2.0)  # cut constant-loss
    return tape.gradient(loss, v)


an_option_that_is_not_used(x)
