"""A variable holds integers, booleans or strings

What happens
    The gradient is None, and nothing is said about it. Only an explicit `tape.watch` of such a tensor logs a line: "The dtype of the
    watched tensor must be floating (e.g. tf.float32), got tf.int32". The loss falls a little all the same, thanks to the other variables.

Why the gradient stops
    A gradient says how the loss changes when a value changes a little. An integer cannot change a little, so TensorFlow
    differentiates floating-point and complex values only. A later tf.cast to float32 does not help: the variable itself stays an integer.
    It usually happens by accident, because Python decides: `tf.Variable([1, 2])` is int32, `tf.Variable([1.0, 2.0])` is float32, and
    an integer NumPy array stays int64.

What to write instead
        offsets = tf.Variable([1, 2, 3])                       # before: int32
        offsets = tf.Variable([1.0, 2.0, 3.0])                 # after
        offsets = tf.Variable(counts, dtype=tf.float32)        # after, from an array of integers

    If it is a step counter or a table of ids, it has nothing to learn: create it with `trainable=False` and leave it out of the list.
    If you wanted to learn which entry to pick, learn one float score per entry and mix the entries with tf.nn.softmax.

Who can see it
    Both. `check` sees literals and explicit dtypes; a dtype that comes from data needs a run.

Further reading
    Introduction to gradients, "Took gradients through an integer or string": https://www.tensorflow.org/guide/autodiff
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    many = len(e.variables) > 1
    dtype = e.fact("dtype", "not floating")
    where = f" ({e.code})" if e.location and e.location.text else ""
    message = f"{e.names} {'are' if many else 'is'} {dtype}{where}: only floating variables have gradients"
    why = (
        f"A gradient says how the loss changes when a value moves a little; a value of "
        f"type {dtype} cannot move a little. Casting it to float in the loss does not help."
    )
    return Claim(
        message,
        why,
        Fix(
            "if it is to be trained, create it from floats (`100.0` for `100`, or "
            "`dtype=tf.float32`); if it counts or indexes, create it with `trainable=False`"
        ),
    )
