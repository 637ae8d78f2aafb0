"""The target of the gradient is None, an integer tensor or a Python number

What happens
    `tape.gradient(loss, ...)` raises something about its first argument ("Argument `target` should be a list or nested structure of Tensors
    [...] but received None", "'numpy.float32' object has no attribute '_id'", "Cannot convert the argument `type_value`: 1.5 to a
    TensorFlow DType"), or, for an integer or bool tensor, says nothing and returns None.

Why the gradient stops
    The target has to be a floating-point tensor that the tape saw being computed. A function without `return` gives None; so does
    `losses.append(...)`. `float(loss)` and `loss.numpy()` give plain numbers that have forgotten where they came from. A count
    of errors is an integer (see integer-cast).

What to write instead
    Hand over the tensor, and turn it into a number only to print it:

        def loss_of(prediction, target):
            tf.reduce_mean(tf.square(prediction - target))            # before: computed, not returned
            return tf.reduce_mean(tf.square(prediction - target))     # after

    To add up losses over batches, begin with `total = 0.0` and add tensors; a list of losses is a fine target as well, as long as it
    holds tensors and is not empty.

Who can see it
    Both. `check` sees a function without a return value and a `float()` on the way to the target; the dtype often needs a run.

Further reading
    Introduction to gradients and automatic differentiation: https://www.tensorflow.org/guide/autodiff
    tf.GradientTape: https://www.tensorflow.org/api_docs/python/tf/GradientTape
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix

HOW = {
    "none": ("is None", "there is nothing to differentiate: usually a function without `return`"),
    "number": ("makes the loss a plain number", "the tape can differentiate tensors only: a NumPy value or a Python number has no history"),
    "integer": ("is not a floating tensor", "gradients are defined for floating and complex tensors only"),
    "empty": ("is an empty list", "there is nothing to differentiate"),
}
FIX = {
    "none": "return the loss from the function",
    "number": "keep the loss a tensor: drop `.numpy()`, `float()` and NumPy on the way, and convert only for printing",
    "integer": "compute the loss in floating point",
    "empty": "hand the loss itself to the tape",
}


def claim(e: Evidence) -> Claim:
    if e.fact("how") == "unreturned":
        message = f"`{e.fact('function')}` returns nothing, so `{e.target}` is None: {e.code} is computed and not returned"
        return Claim(message, "A function without `return` gives None, and None cannot be differentiated.", Fix("put `return` in front of it"))
    what, why = HOW.get(e.fact("how"), HOW["number"])
    return Claim(
        f"{e.code} {what}: `{e.target}` cannot be differentiated", why[0].upper() + why[1:] + ".", Fix(FIX.get(e.fact("how"), FIX["number"]))
    )
