"""The loss does not depend on anything that trains

What happens
    Every gradient is None, and Keras says "No gradients provided for any variable". The loss may look plausible and even move from batch to
    batch, because the labels do.

Why the gradient stops
    Nothing was cut: there never was a path. The loss was computed from the labels alone (`y_true` written twice), from another model's
    output, from a tensor that an earlier experiment left behind, or from a constant. In a GAN, a generator's loss made of the scores of
    the real images does not depend on the generator.

What to write instead
    Follow the loss backwards by name, and put the prediction in:

        residual = tf.square(y_true - tf.reduce_mean(y_true))    # before
        residual = tf.square(y_true - y_pred)                    # after

    A loss function that never mentions its second argument is almost always wrong.

Who can see it
    Both. `check` sees a loss function that does not use its prediction; a run names the sources the loss was really made of.

Further reading
    Training and evaluation with the built-in methods, "Custom losses": https://www.tensorflow.org/guide/keras/training_with_built_in_methods
    Introduction to gradients, "Getting a gradient of None": https://www.tensorflow.org/guide/autodiff
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.fact("how") == "unread":
        function, parameter = e.fact("function").rsplit(".", 1)[-1], e.fact("parameter")
        message = f"`{function}` never reads its parameter `{parameter}`, so the loss does not depend on the model"
        if e.location and not e.location.text.startswith(("def ", "async def ", "lambda")):
            message = f"`{function}` never reads `{parameter}`: {e.code} is computed without it, and so is the loss"
        why = "Without the prediction in it the loss is a constant for every weight of the model, and there is nothing to differentiate."
        return Claim(message, why, Fix(f"use `{e.fact('parameter')}` in `{e.fact('function')}`"))
    if e.fact("how") == "probabilities":
        message = f"{e.code} gives probabilities, all of them are the target, and their sum is always 1: the gradient of {e.names} is zero"
        why = "The gradient of a tensor with several entries is the gradient of their sum. What is left here is rounding noise."
        return Claim(message, why, Fix("take the gradient of one of them (`target[:, index]`), or of the logits"))
    if e.fact("how") == "linear":
        message = f"{e.code} does not depend on {e.names}: what is differentiated there is linear in it, so the first derivative is a constant"
        why = (
            "A derivative depends on its point only where the function bends. Without a smooth activation (tanh, softplus, sin) in between there is "
            "no bend, and TensorFlow answers None for the second derivative."
        )
        fix = (
            "put a smooth activation between the layers; if the function is meant to be linear here, the second derivative is zero: "
            "pass `unconnected_gradients='zero'`"
        )
        return Claim(message, why, Fix(fix))
    others = " It depends on other variables, which were not asked for." if e.fact("how") == "other variables" else ""
    message = (
        f"{e.code} does not depend on {e.names}: no path leads from them to the loss"
        if len(e.variables) > 1
        else f"{e.code} does not depend on {e.names}"
    )
    why = "Nothing that was computed from these variables goes into this value, so it is a constant for them." + others
    return Claim(
        message,
        why,
        Fix("compute the loss from the output of the model that is trained, inside the tape; check which of several outputs is passed here"),
    )
