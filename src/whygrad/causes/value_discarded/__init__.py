"""Only the shape or dtype of a tensor is used, its values are thrown away

What happens
    The name of the prediction appears in the loss, the code reads well, and every gradient is None. The loss is often a constant that
    does not change from step to step.

Why the gradient stops
    tf.ones_like, tf.zeros_like, tf.shape, tf.size and tf.rank look at how large a tensor is, never at what is in it. What they return is the
    same for any weights, so there is nothing to differentiate. The classic is a GAN in which the label takes over the name of the score:
    `fake = tf.zeros_like(fake)`, and from there on the score is gone. Counting entries (`tf.size(w)`) as a penalty is another.

What to write instead
    Keep both, under two names:

        scores = tf.ones_like(scores)      # before
        labels = tf.ones_like(scores)      # after; the loss gets labels and scores

    For a penalty on the weights, use their values: `tf.reduce_sum(tf.abs(w))`, not their number.

Who can see it
    Both.

Further reading
    Deep convolutional GAN (how labels and scores are kept apart): https://www.tensorflow.org/tutorials/generative/dcgan
    Introduction to gradients, "Getting a gradient of None": https://www.tensorflow.org/guide/autodiff
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.fact("how") == "unwritten":
        message = f"what {e.code} returns is thrown away, and the loss is computed from the array of before: {e.names} {e.verb} no gradient"
        why = "In a graph `write` changes nothing: it returns another array. Only eagerly the old one knows the value as well."
        name = e.location.text.split(".write")[0] if e.location and ".write" in e.location.text else "array"
        return Claim(message, why, Fix(f"keep what it returns: `{name} = {name}.write(...)`"))
    message = f"{e.code} keeps only the shape of its input: the value that {e.names} computed is thrown away"
    why = "`ones_like`, `zeros_like`, `tf.shape` and `tf.size` do not look at the numbers, so no change in them can reach the loss."
    fix = "use the tensor itself in the loss, not only its size"
    if "_like" in e.code:
        fix = (
            "use the tensor itself in the loss; give the constant that stands for "
            "the label a name of its own, so that it does not overwrite the prediction"
        )
    return Claim(message, why, Fix(fix))
