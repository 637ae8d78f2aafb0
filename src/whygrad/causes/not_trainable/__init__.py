"""A variable that ought to learn is marked as not trainable

What happens
    tape.gradient gives None for a variable that the loss clearly uses, or Keras never asks for its gradient at all, because it is missing
    from `model.trainable_variables`. Nothing fails; the value just stays what it was.

Why the gradient stops
    A tape watches a variable when it is read, but only if it was created with `trainable=True`. The counters and moving averages of
    BatchNormalization, metrics and optimizers are created with `trainable=False` on purpose: None for them is harmless.
    Freezing a Keras 3 layer (`layer.trainable = False`) is another mechanism: the tape still gives gradients for its weights, Keras only
    leaves them out of `trainable_variables`. Keras 3 also leaves out a bare tf.Variable that is an attribute of a layer.
    A variable may also have its gradient and be left out of what the optimizer is given.

What to write instead
    If it should learn:

        temperature = tf.Variable(2.0, trainable=False)    # before
        temperature = tf.Variable(2.0)                     # after

    In a Keras layer: `self.add_weight(..., trainable=True)`, and `layer.trainable = True` before `compile`.
    If it should not learn, ask only for the rest: `tape.gradient(loss, model.trainable_variables)`, not `model.variables`.
    If it should stay frozen and you still want to see its gradient, say so: `tape.watch(temperature)`.

Who can see it
    Both. `check` sees `trainable=False` where the variable is made; which weights of a built model are frozen needs a run.

Further reading
    Introduction to variables: https://www.tensorflow.org/guide/variable
    Transfer learning and fine-tuning: https://www.tensorflow.org/guide/keras/transfer_learning
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.fact("how") == "untracked":
        message = (
            f"{e.names} {'are raw tf.Variables' if len(e.variables) > 1 else 'is a raw tf.Variable'} "
            f"on a Keras 3 layer: Keras does not track it, so it never trains"
        )
        why = (
            "Keras 3 collects its own variables only. The loss uses this one, but it "
            "is not in `trainable_variables`, so `fit` never asks for its gradient."
        )
        return Claim(message, why, Fix("create it with `self.add_weight(...)` (or `keras.Variable`)"))
    many = len(e.variables) > 1
    if e.fact("how") == "left out":
        message = f"{e.names} {'have' if many else 'has'} a gradient in every step, and nothing ever updates {'them' if many else 'it'}"
        why = (
            f"Other variables of this list are updated, {'these are' if many else 'this one is'} not: no optimizer and no assignment wrote to "
            f"{'them, and the values are' if many else 'it, and its value is'} what {'they were' if many else 'it was'} at the beginning."
        )
        return Claim(message, why, Fix("hand it to the optimizer as well; if it is to stay as it is, do not ask for its gradient"))
    if e.fact("how") == "released":
        message = f"{e.code} comes too late for {e.names}: the train step was built while {'they were' if many else 'it was'} frozen"
        why = (
            "Keras builds the train step in the first batch after `compile`, for the weights that are trainable then. A flag that changes later "
            f"changes nothing in it: training went on, and {'these kept their values' if many else 'this kept its value'}."
        )
        return Claim(
            message, why, Fix("call `compile` again after `trainable` was changed; in a callback also `self.model.make_train_function(force=True)`")
        )
    if e.fact("how") == "held":
        message = f"{e.code} releases {e.names} inside `{e.fact('around')}`, which is frozen itself: {'they are' if many else 'it is'} not trained"
        why = "In Keras 2 a model with `trainable = False` hands out no trainable weights, whatever the layers in it say."
        return Claim(
            message,
            why,
            Fix(f"set `trainable = True` on `{e.fact('around')}` first, then freeze the layers in it that are to stay, and compile again"),
        )
    if e.fact("how") == "created":
        message = f"{e.names} {'are' if many else 'is'} created with `trainable=False`: the tape does not follow {'them' if many else 'it'}"
        why = "A tape follows trainable variables only, so the gradient of this one is None, however much the loss depends on it."
        return Claim(message, why, Fix("if it is to be trained, drop `trainable=False`; if not, leave it out of the list: then it is harmless"))
    message = f"{e.names} {'are' if many else 'is'} not trainable, and {'are' if many else 'is'} in the list of what to train"
    why = (
        "A tape does not follow variables with `trainable=False` (moving statistics "
        "of BatchNormalization, frozen layers, counters). For these None is right."
    )
    return Claim(
        message, why, Fix("harmless if meant so: use `model.trainable_variables` in the place of `model.variables`, so that nobody asks for them")
    )
