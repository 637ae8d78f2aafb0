"""Each call makes a new variable or layer; the one in the list is not the one in use

What happens
    The gradient is None although a variable of this very name, shape and purpose is visibly used in the forward pass. Or the loss jumps
    about and never falls, because every step starts from fresh weights.

Why the gradient stops
    `tf.Variable(...)` and `Dense(...)` inside the function that computes the prediction make new weights on every call. The loss depends
    on those; the list given to tape.gradient still holds older ones, which this call never read. Inside tf.function TensorFlow refuses
    instead: "tf.function only supports singleton tf.Variables created on the first call".

What to write instead
    Create once, use often:

        def __call__(self, x):
            self.kernel = tf.Variable(...)        # before: new at each call
            return x @ self.kernel

        def __init__(self):
            self.kernel = tf.Variable(...)        # after: in __init__, or in build() of a Keras layer

    A list of variables that was read once (`self.weights = self.model.trainable_variables`) goes stale when the model is made anew: read it again.

    In a Keras layer's `call`, use the layers that `__init__` stored on self; never write `Dense(8)(x)` there.

Who can see it
    Both. `check` sees a variable or layer made inside the function that the tape records; a run also sees it through helper functions
    and says how many were made.

Further reading
    Introduction to modules, layers and models: https://www.tensorflow.org/guide/intro_to_modules
    Better performance with tf.function, "Creating tf.Variables": https://www.tensorflow.org/guide/function
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.fact("how") in ("stale list", "renewed"):
        return _stale(e)
    if e.fact("how") == "copied":
        message = f"{e.code} copies the value of {e.names} into a new variable: the loss is computed from the copy, so {e.names} {e.verb} no gradient"
        why = "A variable takes the number that it begins with, not how it was computed: to the tape the copy is another parameter."
        return Claim(message, why, Fix(f"use {e.names} itself there (keep it as it is handed over), and make variables once, outside of the step"))
    message = f"{e.code} makes a new variable on every call: the one in the list ({e.names}) is not the one the loss used"
    why = "The listed variable comes from an earlier call. The loss was computed from a fresh one with the same shape, created by the same line."
    return Claim(
        message,
        why,
        Fix(
            "create the variable (or layer, or model) once and use that one in every call: a layer in `__init__` or `build`, a model before the loop"
        ),
    )


def _stale(e: Evidence) -> Claim:
    message = f"{e.code} was read before its owner was made anew: the loss does not use {e.names}"
    if e.fact("how") == "renewed":
        message = f"{e.code} takes the place of the one before, and the list still has the variables of that: {e.names}"
    why = "A list of variables does not follow the object that it came from. The loss was computed with the new object, the list holds the old one's."
    return Claim(message, why, Fix("read the list again each time the model is made anew, or make the model once"))
