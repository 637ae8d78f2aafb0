"""Operations that carry no gradient, on the way from a variable to the loss."""

import numpy as np
import tensorflow as T
from tensorflow import math as m
from tensorflow.keras import backend as K

w = T.Variable(T.zeros([3, 4]))
x = T.random.normal([8, 3])
y = T.random.normal([8, 4])
t = T.constant(0.5)


def rounded():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(T.round(x @ w))  # cut non-differentiable-op
    return tape.gradient(loss, w)


def alias_of_a_module():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(m.floor(x @ w))  # cut non-differentiable-op
    return tape.gradient(loss, w)


def backend():
    with T.GradientTape() as tape:
        best = K.argmax(x @ w)  # cut non-differentiable-op
        loss = K.mean(K.cast(best, "float32"))
    return tape.gradient(loss, w)


def compared():
    with T.GradientTape() as tape:
        loss = T.reduce_mean(T.cast(x @ w > t, T.float32))  # cut non-differentiable-op
    return tape.gradient(loss, w)


def whole_numbers():
    with T.GradientTape() as tape:
        counts = T.cast(x @ w, T.int32)  # cut integer-cast
        loss = T.reduce_mean(T.cast(counts, T.float32) - y)
    return tape.gradient(loss, w)


def straight_through():
    with T.GradientTape() as tape:
        z = x @ w
        loss = T.reduce_sum(z + T.stop_gradient(T.round(z) - z))
    return tape.gradient(loss, w)


def stopped():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(T.stop_gradient(x @ w) * y)  # cut gradient-stopped
    return tape.gradient(loss, w)


def stopped_on_one_way_only():
    with T.GradientTape() as tape:
        z = x @ w
        loss = T.reduce_sum((z - T.stop_gradient(z)) ** 2)
    return tape.gradient(loss, w)


def chosen():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(T.where(x @ w > 0.0, y, -y))  # cut non-differentiable-op
    return tape.gradient(loss, w)


def values_of_top_k():
    with T.GradientTape() as tape:
        values, indices = T.math.top_k(x @ w, k=2)
        loss = T.reduce_sum(values)
    return tape.gradient(loss, w)


def indices_of_top_k():
    with T.GradientTape() as tape:
        values, indices = T.math.top_k(x @ w, k=2)  # cut non-differentiable-op
        loss = T.reduce_sum(T.cast(indices, T.float32))
    return tape.gradient(loss, w)


def numpy_mean():
    with T.GradientTape() as tape:
        error = np.mean((x @ w - y) ** 2)  # cut left-tensorflow
        loss = T.constant(error) * 2.0
    return tape.gradient(loss, w)


def through_float():
    with T.GradientTape() as tape:
        scale = float(T.reduce_sum(w))  # cut left-tensorflow
        loss = T.reduce_sum(x * scale)
    return tape.gradient(loss, w)


def the_loss_is_a_number():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(x @ w).numpy()  # cut bad-target
    return tape.gradient(loss, w)


def only_its_shape():
    with T.GradientTape() as tape:
        logits = x @ w
        loss = T.reduce_sum(T.ones_like(logits))  # cut value-discarded
    return tape.gradient(loss, w)


def python_inside(z):
    return np.abs(z)


def numpy_function():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(T.numpy_function(python_inside, [x @ w], T.float32))  # cut python-function
    return tape.gradient(loss, w)


@T.custom_gradient
def forgetful(z):
    def grad(upstream):
        return None  # cut custom-gradient

    return z * 2.0, grad


def custom():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(forgetful(x @ w))
    return tape.gradient(loss, w)


@T.custom_gradient
def reversal(z):
    def grad(upstream):
        return -upstream

    return z, grad


def custom_and_healthy():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(reversal(x @ w))
    return tape.gradient(loss, w)


def mapped():
    def row(z):
        return T.argmax(z)  # cut non-differentiable-op

    with T.GradientTape() as tape:
        found = T.map_fn(row, x @ w, fn_output_signature=T.int64)
        loss = T.reduce_sum(T.cast(found, T.float32))
    return tape.gradient(loss, w)


def scanned():
    def step(state, row):
        return state + T.cast(row > 0.0, T.float32)  # cut non-differentiable-op

    with T.GradientTape() as tape:
        loss = T.reduce_sum(T.scan(step, x @ w, initializer=T.zeros([4])))
    return tape.gradient(loss, w)


def while_loop():
    with T.GradientTape() as tape:
        _, total = T.while_loop(lambda i, z: i < 3, lambda i, z: (i + 1, z + x @ w), [0, T.zeros([8, 4])])
        loss = T.reduce_sum(total)
    return tape.gradient(loss, w)


def left_out_too_late():
    with T.GradientTape() as tape:
        z = x @ w
        loss = T.reduce_sum(T.where(z > 0.0, T.math.log(z), 0.0))  # cut non-finite
    return tape.gradient(loss, w)


def left_out_in_time():
    with T.GradientTape() as tape:
        z = x @ w
        safe = T.where(z > 0.0, z, 1.0)
        loss = T.reduce_sum(T.where(z > 0.0, T.math.log(safe), 0.0))
    return tape.gradient(loss, w)


class Batches:
    """An iterator that gives itself: a loop over it ends, and what comes after it is looked at."""

    def __iter__(self):
        return self

    def __next__(self):
        return T.ones([3])


def over_an_iterator():
    for batch in Batches():
        print(batch)
    with T.GradientTape() as tape:
        loss = T.reduce_sum(T.round(x @ w))  # cut non-differentiable-op
    return tape.gradient(loss, w)


def beside_an_epsilon():
    with T.GradientTape() as tape:
        hits = K.sum(K.round(x @ w))  # cut non-differentiable-op
        loss = 1.0 - hits / (hits + 3.0 + K.epsilon())
    return tape.gradient(loss, w)


def fields_of_several_outputs():
    with T.GradientTape() as tape:
        places = T.math.top_k(T.reshape(x @ w, [-1]), 2).indices  # cut non-differentiable-op
        loss = T.reduce_sum(T.gather(x, places))
    return tape.gradient(loss, w)


def a_field_that_carries_gradient():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(T.math.top_k(T.reshape(x @ w, [-1]), 2).values)
    return tape.gradient(loss, w)


def counted_with_weights():
    with T.GradientTape() as tape:
        loss = T.reduce_sum(T.math.bincount([0, 1, 1], weights=T.reshape(w, [-1])))  # cut non-differentiable-op
    return tape.gradient(loss, w)
