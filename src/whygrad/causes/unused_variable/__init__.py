"""A variable takes no part in this loss

What happens
    Its gradient is None while the others are fine. Keras says "Gradients do not exist for variables [...] when minimizing the loss. If using
    `model.compile()`, did you forget to provide a `loss` argument?" The question misleads: the loss is there, this variable is not in it.

Why the gradient stops
    The variable was never read on the way to this loss, or what was computed from it was thrown away: a layer's result that the next line
    does not use, a second output without a loss of its own, the pooler of an encoder of which only the sequence is used.

What to write instead
    First ask whether it should matter. If so, use its result:

        hidden = self.first(x)
        hidden = self.second(x)         # before: what `first` computed is lost
        hidden = self.second(hidden)    # after

    If it should not (yet), nothing is broken. Ask for the gradients of the part that is in use, `head.trainable_variables`, or freeze
    the rest with `layer.trainable = False`, and the warning goes away.
    Please do not silence it with zeros: that hides the day when it does matter.

Who can see it
    Both. A run knows it for certain. `check` reports it only where the whole way from the variable to the loss is in the source it reads.

Further reading
    Introduction to gradients, "Getting a gradient of None": https://www.tensorflow.org/guide/autodiff
    Making new layers and models via subclassing: https://www.tensorflow.org/guide/keras/making_new_layers_and_models_via_subclassing
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    how = e.fact("how")
    if how == "dropped":
        message = f"the result of {e.code} does not reach the loss, so {e.names} {e.verb} no gradient"
        why = "What these variables compute is not used for anything that goes into the loss."
    elif how == "overwritten":
        message = f"{e.code} overwrites the result of {e.fact('lost')} before it was used, so {e.names} {e.verb} no gradient"
        why = "What these variables computed is thrown away: the name that held it is bound to something that was computed without it."
    elif how == "no expression":
        message = f"what is computed from {e.names} does not reach the loss, so {'they' if len(e.variables) > 1 else 'it'} {e.verb} no gradient"
        why = (
            "The model runs this part, but the loss is computed from other outputs "
            "only: an output without a loss of its own, or a result that is not used."
        )
    elif how == "bypassed":
        message = f"the loss was not computed from {e.names} but from what {e.code} was made of, so {e.names} {e.verb} no gradient"
        why = "The same value was computed a second time, or taken from further back. To the tape that is another tensor."
        return Claim(message, why, Fix(f"compute the loss from {e.names}; a model that is asked for two outputs at once gives both from one pass"))
    elif how == "shape":
        message = f"{e.names} takes no part in the loss: {e.code} looks at its shape only"
        why = "The loss stays the same whatever the value is, so there is no gradient."
    else:
        message = f"{e.names} {'take' if len(e.variables) > 1 else 'takes'} no part in this loss: never read while the tape recorded"
        why = "The loss was computed without these variables, so it does not change when they do."
    return Claim(
        message,
        why,
        Fix("use the result in the loss; or, if this part is not needed, leave its variables out of the list (or freeze them): then it is harmless"),
    )
