"""The gradient grows from layer to layer

What happens
    Gradients of 1e6, then 1e20, then NaN. The loss jumps, or everything becomes NaN within a few steps.

Why the gradient stops
    On its way back the gradient is multiplied by the weights of each layer and each time step. Factors a little above one, often enough, pass
    the largest number a float can hold (3e38; 65504 in float16).

What to write instead
    Clip the gradient, make the weights smaller, or shorten the way:

        optimizer = keras.optimizers.Adam(1e-3)                  # before
        optimizer = keras.optimizers.Adam(1e-3, clipnorm=1.0)    # after

    Scaled inputs, a smaller learning rate, orthogonal initialisation of recurrent weights, normalisation layers.

Who can see it
    A run; through the depth of a network: `whygrad run --health`, or the callback `whygrad.GradientHealth()`.

Further reading
    tf.clip_by_global_norm: https://www.tensorflow.org/api_docs/python/tf/clip_by_global_norm
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    message = f"the gradient grows on its way back until it overflows at {e.code}, so {e.names} {e.verb} NaN or infinity"
    if e.fact("how") == "forward":
        message = f"the values grow until they overflow at {e.code} (they had reached {e.fact('largest')}), so {e.names} {e.verb} NaN or infinity"
    why = "Each step of the way multiplies it by a number above one; in the end it is larger than the largest number of its type."
    return Claim(message, why, Fix("`clipnorm=1.0` in the optimizer, smaller initial weights, scaled inputs, or a smaller learning rate"))
