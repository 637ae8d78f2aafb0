"""The gradient fades from layer to layer

What happens
    The last layers learn, the first ones hardly or not at all: their gradients are many orders of magnitude smaller, down to exact zeros.

Why the gradient stops
    On its way back the gradient is multiplied by one factor for each layer (at most 0.25 for a sigmoid) and once more for each time step.
    Ten factors of 0.1 leave nothing that a float can hold, or that an optimizer can tell from noise.

What to write instead
    relu or gelu instead of sigmoid and tanh, He or Glorot initialisation, normalisation layers, residual connections:

        h = Dense(64, activation="sigmoid")(h)                             # before, twenty times
        h = h + Dense(64, activation="relu")(LayerNormalization()(h))      # after

    For long sequences LSTM or GRU; in half precision a LossScaleOptimizer.

Who can see it
    A run that measures every layer: `whygrad run --health`, or the callback `whygrad.GradientHealth()`.

Further reading
    tf.keras.initializers.HeNormal: https://www.tensorflow.org/api_docs/python/tf/keras/initializers/HeNormal
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    message = f"the gradient fades on its way back and is gone at {e.code}, so {e.names} {e.verb} zeros"
    if e.fact("how") == "faded":
        message = f"the gradient fades on its way back, over {e.fact('steps back')} operations, so {e.names} {e.verb} next to nothing: {e.code}"
    why = "Each step of the way multiplies it by a small number; in the end it is smaller than the smallest number of its type."
    return Claim(message, why, Fix("normalisation layers, residual connections, relu instead of sigmoid or tanh, or a scaled loss in half precision"))
