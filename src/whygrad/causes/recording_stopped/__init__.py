"""The recording was switched off with tape.stop_recording

What happens
    Only what was computed inside the `with tape.stop_recording():` block loses its gradient. The layers after it train, those before it
    never move, and if the training loop skips None nothing is printed.

Why the gradient stops
    The block is outside of the tape, although it stands inside of it: its results enter the rest of the computation as given tensors.
    That is right for logging and metrics. It is a cut as soon as one of its results goes on into the loss.

What to write instead
    Leave in the block only what the loss does not need:

        with tape.stop_recording():             # before
            features = encoder(x)
            sparsity = count_small(features)

        features = encoder(x)                   # after
        with tape.stop_recording():
            sparsity = count_small(features)

    If the point was to keep the encoder fixed, drop its variables from the list instead; if it was memory, see tf.recompute_grad.

Who can see it
    Both. `check` sees it in one function; a run also sees a helper that stops the tape it was handed.

Further reading
    Advanced automatic differentiation, "Stop recording": https://www.tensorflow.org/guide/advanced_autodiff
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    message = f"{e.code} ran while recording was stopped, so {e.names} {e.verb} no gradient"
    why = "Inside `tape.stop_recording()` nothing is written on the tape: what is computed there is a constant for everything after it."
    return Claim(message, why, Fix("take what the loss needs out of the `stop_recording()` block; leave only what is meant to be a constant"))
