"""A variable only decides an index, a mask or a branch

What happens
    The rest of the model trains, this one variable gets None: a learned threshold, a position, a window length, a bin border. Moving it by
    hand does change the loss, which makes it all the more puzzling.

Why the gradient stops
    tf.where(x > threshold, a, b) carries gradients to a and b, never to the condition. tf.gather(table, i) carries them to the table, never
    to i. A Python `if` or a slice only picks which code runs. In each case the variable says *which*, not *how much*, and moving it
    a little moves the output not at all, or by a jump.

What to write instead
    Turn the choice into a weight:

        y = tf.where(x > threshold, a, b)             # before
        gate = tf.sigmoid(10.0 * (x - threshold))     # after: soft where it matters, hard far away
        y = gate * a + (1.0 - gate) * b

    A position: interpolate between the two neighbours, weighted by the fractional part. One of n entries: weigh all n with tf.nn.softmax.
    A hard choice that must stay hard needs another method (score-function estimators, straight-through, a search outside the gradient).

Who can see it
    Both. `check` sees masks, gathers, slices and branches in the source; a branch taken in Python leaves no operation, so there a run
    follows the value as it leaves TensorFlow.

Further reading
    Introduction to gradients, "Getting a gradient of None" and "Control flow": https://www.tensorflow.org/guide/autodiff
    Introduction to tensor slicing: https://www.tensorflow.org/guide/tensor_slicing
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    nothing = "only zeros come back" if e.fact("gradient") == "zero" else "no gradient comes back"
    message = f"{e.names} only {'decide' if len(e.variables) > 1 else 'decides'} an index, mask or branch at {e.code}: {nothing} from there"
    why = (
        "Which entry is picked, or which side of a condition is taken, changes in jumps. "
        "The values that are picked carry gradients; what does the picking does not."
    )
    return Claim(
        message, why, Fix("make the choice soft: weight the candidates by a sigmoid or softmax of the distance, or interpolate between neighbours")
    )
