"""The model was given no loss to minimise

What happens
    `fit` stops at the first batch. Keras 3: "No loss to compute. Provide a `loss` argument in `compile()`." Keras 2: "No loss found. You
    may have forgotten to provide a `loss` argument in the `compile()` method." If a loss was given but no labels, Keras 3 says
    "None values not supported."

Why the gradient stops
    A gradient is the gradient of something. `compile(optimizer=..., metrics=...)` says how to train and what to report, but not what to make
    small; metrics are never minimised. The same is true of labels that do not arrive: `fit(x)` without y, or a generator or dataset
    that yields only inputs. `model.losses` is no substitute: it holds the penalties of the layers, usually an empty list, and the tape gives
    None for an empty list. With several outputs, each is trained by its own loss: a dict or list that leaves one out leaves its layers
    without gradients.

What to write instead
        model.compile(optimizer="adam", metrics=["mae"])                # before
        model.compile(optimizer="adam", loss="mse", metrics=["mae"])    # after

    Give `fit` both x and y, or a dataset of (x, y) pairs. For an autoencoder y is x. If the loss is computed inside the model, hand it
    over with `self.add_loss(...)` in `call`, or override `compute_loss` or `train_step`.

Who can see it
    Both. `check` sees `compile` without a loss and `fit` without labels when both stand in one file; what a dataset yields needs a run.

Further reading
    Training and evaluation with the built-in methods: https://www.tensorflow.org/guide/keras/training_with_built_in_methods
    Customizing what happens in fit: https://www.tensorflow.org/guide/keras/custom_train_step_in_tensorflow
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.fact("how") == "compile":
        message = f"{e.code} is given no loss, so there is nothing to minimise"
        return Claim(
            message,
            "`fit` minimises the `loss` of `compile` plus what layers add with `add_loss`; here there is neither.",
            Fix("pass the loss: `compile(..., loss=...)`"),
        )
    if e.fact("how") == "output":
        message = f"{e.code} gives no loss to the output {e.fact('output')}, so {e.names} {e.verb} no gradient"
        why = "Each output is trained by its own loss. What leads only to an output without one is computed, and never learns."
        fix = "give this output a loss in `compile(loss=...)`; or, if it is not to be trained now, set `trainable = False` on its layers"
        return Claim(message, why, Fix(fix))
    if e.fact("how") == "labels":
        message = f"{e.code} is given no targets, and the loss of `compile` has nothing to compare the output with"
        why = "The compiled loss is a function of targets and predictions; without targets it is called with None."
        fix = "pass the targets: `fit(x, y, ...)` (an autoencoder's are its inputs: `fit(x, x, ...)`), or let the dataset give pairs `(x, y)`"
        return Claim(message, why, Fix(fix))
    message = f"{e.code} is empty: there is no loss to differentiate, so {e.names} {e.verb} no gradient"
    why = "`model.losses` holds only regularisation terms and what `add_loss` was given. The loss of `compile` is not among them."
    return Claim(
        message, why, Fix("compute the loss in the tape: `loss = loss_fn(y, model(x, training=True))`, and add `sum(model.losses)` if there are any")
    )
