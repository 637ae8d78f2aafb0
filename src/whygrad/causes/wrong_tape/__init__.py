"""The gradient is asked of a tape that did not record this computation

What happens
    tape.gradient(loss, variables) is None for every variable, and a moment ago, with one loss and one tape, the same code worked.

Why the gradient stops
    Each tape knows only what ran inside its own `with` block. In a program with two (actor and critic, generator and discriminator, inner
    and outer derivative, one per task) it is easy to ask the neighbour: by a swapped name, by a tape kept from an earlier turn of the
    loop, or by an inner derivative that was computed after the outer tape had closed. To that tape the loss is a tensor it never saw.

What to write instead
    Ask the tape whose block contains the loss:

        gradients = critic_tape.gradient(actor_loss, actor.trainable_variables)    # before
        gradients = actor_tape.gradient(actor_loss, actor.trainable_variables)     # after

    When losses share a forward pass, let both tapes record it (`with tf.GradientTape() as a, tf.GradientTape() as b:`), or use one tape
    with `persistent=True`. For a second derivative, call the inner `gradient` inside the outer block.

Who can see it
    Both. `check` compares the block in which the loss was computed with the tape that is asked; a run also does so across functions and
    through lists of tapes.

Further reading
    Advanced automatic differentiation, "Multiple tapes" and "Higher-order gradients": https://www.tensorflow.org/guide/advanced_autodiff
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.fact("how") == "used up":
        message = f"{e.code} asks a tape a second time: without `persistent=True` it answers once"
        why = "A tape lets go of what it recorded after the first gradient, to save memory."
        return Claim(message, why, Fix("open it with `tf.GradientTape(persistent=True)`, or ask once for all gradients in one call"))
    message = f"{e.code} asks a tape that did not record this computation, so {e.names} {e.verb} no gradient"
    why = "The way from the variables to the target was recorded by another tape (or stands in another graph); this one knows nothing of it."
    return Claim(
        message,
        why,
        Fix("ask the tape that was open while this loss was computed: keep one tape for each loss, or compute all losses under one persistent tape"),
    )
