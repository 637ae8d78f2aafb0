"""Part of the computation ran before the tape began or after it stopped

What happens
    Every operation is one that has a gradient, the loss is right, and tape.gradient still gives None: for every variable, or only for
    those that were read too early.

Why the gradient stops
    A tape knows what happened between the start and the end of its `with` block, nothing else. `logits = model(x)` above the block is to
    the tape a given tensor, like data. It is the same with a tensor derived from a weight once, in a constructor or in `build`
    (`self.scale = tf.exp(self.log_scale)`), with `minimize(lambda: loss)` where `loss` was computed earlier, and with what comes after the
    block: in `tape.gradient(-loss, ...)` the minus sign is not on the tape, so the result is None.

What to write instead
    Put everything from the first read of a variable to the finished loss inside the block, and call `gradient` after it:

        logits = model(x)                       # before
        with tf.GradientTape() as tape:
            loss = loss_fn(y, logits)

        with tf.GradientTape() as tape:         # after
            logits = model(x)
            loss = loss_fn(y, logits)

    Derive tensors from weights where they are used, in `call`, not where the weights are made.

Who can see it
    Both. A run shows the early line and the lines of the tape side by side, however many calls lie between them.

Further reading
    Introduction to gradients and automatic differentiation: https://www.tensorflow.org/guide/autodiff
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    when = "before the tape began" if e.fact("when") != "after" else "after the tape had stopped recording"
    message = f"{e.code} was computed {when}, so {e.names} {e.verb} no gradient"
    why = f"A tape knows only what runs while it records. For it the result of {e.code} is a constant."
    if e.fact("how") == "bypassed":
        message = f"the loss was not computed from {e.names} but from what {e.code} was made of, before the tape began"
    if e.fact("how") == "earlier tape":
        message = f"{e.code} was computed under an earlier tape and kept, so {e.names} {e.verb} no gradient from this one"
        why = f"A tape knows only what runs while it records. For the tape that is asked here, the stored result of {e.code} is a constant."
    if e.fact("how") == "reset":
        message = f"{e.code} was computed before `reset()` emptied the tape, so {e.names} {e.verb} no gradient"
        why = f"`reset()` throws away all that the tape had recorded. What was computed before it, like {e.code}, is a constant to the tape."
    if e.fact("copied"):
        why += f" The value was then copied into another variable ({e.fact('copied')}), which trains in its place."
    return Claim(message, why, Fix(_fix(e)))


def _fix(e: Evidence) -> str:
    if e.location and e.location.function.rsplit(".", 1)[-1] in ("__init__", "build"):
        return "store the variable, not what is computed from it, and compute it anew in every call, under the tape"
    if e.fact("how") == "earlier tape":
        return f"do not keep the result from one step to the next: compute {e.code} anew under the tape that is asked"
    if e.fact("how") == "reset":
        return f"take `reset()` away, or call it before {e.code}"
    if e.fact("when") == "after":
        return f"move {e.code} inside the `with tf.GradientTape()` block"
    if e.tape and "minimize(" in e.tape.text:
        return f"compute the loss inside the function that `minimize` calls: put {e.code} into it"
    return f"open the tape earlier: move {e.code} inside the `with tf.GradientTape()` block"
