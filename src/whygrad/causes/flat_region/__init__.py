"""The value sits where the function is flat

What happens
    Nothing is missing, nothing raises; the gradient is there and is exactly zero (or only rounding noise). The loss stays where it is.
    Training "runs" and the weights never move.

Why the gradient stops
    relu is flat below zero, a sigmoid or softmax far out, tf.clip_by_value outside its limits, tf.maximum and tf.minimum where the other
    argument wins, a softmax over a single class everywhere. When *every* value of a batch lies there, each of them is multiplied by a slope
    of zero, and nothing before that operation can learn. Values get there by unscaled inputs (0..255 pixels, incomes), a bias far off, a
    learning rate that was too large for one step, or an activation that does not belong on the last layer.
    The slope of a relu is itself flat: in a network that is differentiated twice, as for a differential equation, nothing comes back through it.

What to write instead
    Scale the inputs, start with small weights, and leave the last layer linear:

        outputs = Dense(1, activation="relu")(h)     # before: a regression that can die
        outputs = Dense(1)(h)                        # after

    A network whose second derivative is wanted needs an activation that bends (tanh, softplus, swish, sin).
    Losses from logits (`from_logits=True`, tf.nn.sigmoid_cross_entropy_with_logits) do not saturate as the probabilities do.
    Clip what you report, not what you differentiate; where a bound must stay, use a soft one (tf.nn.softplus, tanh, leaky_relu).

Who can see it
    A run: it depends on values. `check` sees a softmax over one unit.

Further reading
    tf.keras.layers.LeakyReLU: https://www.tensorflow.org/api_docs/python/tf/keras/layers/LeakyReLU
    tf.nn.sigmoid_cross_entropy_with_logits: https://www.tensorflow.org/api_docs/python/tf/nn/sigmoid_cross_entropy_with_logits
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix

WHY = "The slope there is zero, so whatever comes back from the loss is multiplied by zero, and nothing before this operation can learn."


def claim(e: Evidence) -> Claim:
    seen = _seen(e)
    return Claim(f"{seen}, so the gradient of {e.names} is zero", _why(e), Fix(_fix(e)))


def _where(e: Evidence) -> str:
    return f"`{e.fact('layer')}`, {e.code}" if e.fact("layer") else e.code


def _seen(e: Evidence) -> str:
    """What was seen in the values, with the user's own expression."""
    how, size = e.fact("how"), e.fact("size", "the")
    low, high, bound = e.fact("low"), e.fact("high"), e.fact("bound")
    return {
        "negative": f"all {size} values that go into the relu of {_where(e)} are negative or zero (the largest is {high})",
        "zeros": f"all that comes out of {_where(e)} is zero, and the relu behind it has no slope there",
        "above": f"all {size} values at {_where(e)} lie above the limit {bound or '6'} (from {low} to {high})",
        "below": f"all {size} values at {_where(e)} lie below the limit {bound} (from {low} to {high})",
        "clipped": f"every one of the {size} values at {_where(e)} that matters is clipped (values from {low} to {high}, limit {bound})",
        "one": f"{_where(e)} is a softmax over one class, which is always 1",
        "saturated": f"{_where(e)} is saturated (its {size} inputs reach from {low} to {high})",
        "selected": f"the relu of {_where(e)} is off for every value that matters (inputs from {low} to {high})",
        "bottom": f"{_where(e)} is exactly at its minimum, all {size} values are zero",
        "solved": f"{_where(e)} is solved already: the logits (from {low} to {high}) leave nothing to improve",
        "straight": f"the second derivative of {_where(e)} is zero everywhere",
        "cancelled": f"two ways through {_where(e)} cancel each other exactly",
    }.get(how, f"the gradient dies at {_where(e)}")


def _why(e: Evidence) -> str:
    how = e.fact("how")
    if how == "cancelled":
        return "The value enters the loss twice, with opposite signs: what one way gives the other takes, and moving the variable changes nothing."
    if how == "one":
        return "A softmax shares 1 among the classes; with a single class there is nothing to share, and the output cannot change."
    if how == "straight":
        return "A relu is made of straight pieces: on each of them the slope is a constant, and the derivative of a constant is zero."
    if how in ("bottom", "solved"):
        return "At its lowest point a loss has no slope. Either the training is done, or the loss compares a value with itself."
    return WHY


def _fix(e: Evidence) -> str:
    """What to type."""
    how, op = e.fact("how"), e.fact("op")
    if how in ("negative", "selected"):
        return "leave the last layer linear, or use `leaky_relu`; in a hidden layer: a smaller learning rate, scaled inputs, a bias that starts at 0"
    if how == "zeros" and "Normalization" in e.code:
        return "normalise over an axis with several entries: what a single entry differs from its own mean is zero; give it several channels first"
    if how == "zeros":
        return "look at what goes in there and at what it computes: it gives zero for every input"
    if how == "one" and "softmax(" in e.code:
        return "share along the axis that has several entries (`axis=1` for steps of time); for a single unit use a sigmoid"
    if how == "one":
        return "use one unit with a sigmoid and binary cross-entropy, or as many units as there are classes"
    if how in ("above", "below", "clipped"):
        return "scale what goes in so that it lies inside the limits, or leave the clipping out of the loss"
    if how in ("bottom", "solved"):
        return "check what is compared with what: predictions with targets, not with themselves"
    if how == "straight":
        return "use an activation that bends: `tanh`, `softplus` or `swish`"
    if how == "cancelled":
        return "put `tf.stop_gradient` around the one of the two that is meant to be a constant"
    if op in ("Softmax", "LogSoftmax", "Sigmoid"):
        return "scale the inputs (pixels / 255), use a smaller learning rate, and compute the loss from the logits instead of the probabilities"
    return "scale the inputs so that the values stay where the function has a slope"
