"""tf.stop_gradient stands on the path that should learn

What happens
    What is computed before the call gets None, what comes after it trains. Nobody is told, because this is just what was ordered.

Why the gradient stops
    tf.stop_gradient(x) returns x and tells TensorFlow to treat it as a constant. That is the right tool for targets: the value of the next
    state, the teacher of a student, the running average of a momentum network. It becomes a cut when it is put around the wrong side, or
    around both, or in a helper that an earlier experiment left behind. A Lambda layer that calls it freezes all layers before it.

What to write instead
    Stop the target, not the prediction:

        loss = mse(tf.stop_gradient(student(x)), teacher(x))    # before
        loss = mse(student(x), tf.stop_gradient(teacher(x)))    # after

    To keep a part of a model fixed, leave its variables out of the list; the gradient may then still flow through it to what lies before.
    A loop (`tf.scan`, `tf.map_fn`, `tf.while_loop`) with `back_prop=False` stops all that goes through it: leave the argument out.
    In `x + tf.stop_gradient(f(x) - x)`, the straight-through trick, the call is right where it is.

Who can see it
    Both. It is reported as an error only if no other way leads from the variable to the loss; where another way exists (straight-through,
    momentum targets) the call is fine.

Further reading
    Advanced automatic differentiation, "Stop gradient": https://www.tensorflow.org/guide/advanced_autodiff
    tf.stop_gradient: https://www.tensorflow.org/api_docs/python/tf/stop_gradient
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.location and "back_prop=False" in "".join(e.location.text.split()) and "stop_gradient" not in e.location.text.partition("(")[0]:
        message = f"`back_prop=False` in {e.code} stops the gradient on the way from {e.names} to `{e.target}`"
        why = "A loop that is told `back_prop=False` passes its values on and answers None when the tape comes back, as `stop_gradient` does."
        fix = "take `back_prop=False` away; if the part before it is meant to stay fixed, set `trainable = False` there or leave it out of the list"
        return Claim(message, why, Fix(fix))
    message = f"{e.code} stops the gradient on the way from {e.names} to `{e.target}`"
    why = "`stop_gradient` passes the value on and answers None when the tape comes back: everything before it is a constant for this loss."
    fix = (
        "take `stop_gradient` off this path; if the part before it is meant to stay fixed, set `trainable = False` there or leave it out of the list"
    )
    return Claim(message, why, Fix(fix))
