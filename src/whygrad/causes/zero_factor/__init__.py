"""The gradient is multiplied by zero

What happens
    The gradient is there, finite and exactly zero; some or all weights never move, and nothing is said.

Why the gradient stops
    The gradient of a product with respect to one factor is the other factor. If that one is zero (a mask that is all zeros, a loss weight
    or a schedule that never leaves 0, an advantage normalised over a single episode, a partner that was initialised with zeros, a number
    that became 0 when it was cast to float16), the whole path is multiplied by it. A tf.where that takes the other branch everywhere
    does the same.

What to write instead
    Look at the value of the other factor. Typical repairs:

        progress = step // STEPS                     # before: 0 in every step
        progress = step / STEPS                      # after

        a, b = tf.zeros([n, r]), tf.zeros([r, m])    # before: each waits for the other
        a = tf.random.normal([n, r], stddev=0.02)    # after: one of the two starts at zero, not both

    In half precision compute the loss in float32. One of two factors may start at zero: it moves in the first step, the other in the second.

Who can see it
    A run: it depends on values. `check` sees literal zeros, and two factors that both start at zero.

Further reading
    Mixed precision, "Loss scaling": https://www.tensorflow.org/guide/mixed_precision
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    how = e.fact("how")
    why = "The gradient of a product is the gradient that comes back, times the other factor. Zero times anything is zero."
    if how == "custom factor":
        function, factor = e.fact("function"), e.fact("factor")
        message = f"the custom gradient of `{function}` multiplies by {factor}, which is zero here, so the gradient of {e.names} is zero"
        return Claim(message, why, Fix(f"find out why {e.fact('factor')} is zero (an integer division? a schedule that never starts?)"))
    if how == "both start at zero":
        message = f"{e.code} multiplies factors that both start at zero, so {e.names} {e.verb} a gradient of zero, in every step"
        return Claim(message, why, Fix(f"{_fix(e)}; the other may start at zero"))
    if how == "where":
        message = f"{e.code} takes the other branch everywhere, so the gradient of {e.names} is zero"
        return Claim(
            message,
            "The branch that is not taken gets zero gradient.",
            Fix("print the share of the condition that is true; turn it around or widen it"),
        )
    if how == "data":
        size, kind = e.fact("factor size"), e.fact("given")
        share = f"all {size} of them are zero" if size not in ("", "1") else "it is zero"
        message = f"{e.code} multiplies the loss by values of the data (sample weights, or a mask), and {share}, so the gradient of {e.names} is zero"
        whole = f"they are {kind}: a weight between 0 and 1 was cut to 0 when it became a whole number" if "int" in kind else ""
        return Claim(message, why, Fix(f"look at the sample weights that `fit` is given ({whole or 'print their sum'}); keep them as float32"))
    if how == "underflow":
        message = f"the gradient becomes zero in the cast {e.code}: it is too small for the narrower type, so {e.names} {e.verb} zeros"
        why = "float16 has nothing between 0 and 6e-8: smaller numbers are rounded to zero."
        return Claim(message, why, Fix("compute the loss in float32, or scale it (`LossScaleOptimizer`) before it is cast"))
    return Claim(_product(e), why, Fix(_fix(e)))


def _product(e: Evidence) -> str:
    partner = f"`{e.fact('partner')}`" if e.fact("partner") else "the other factor"
    if e.fact("how") == "itself":
        return f"the factor that the gradient is multiplied by at {e.code} is zero, so the gradient of {e.names} is zero"
    share = f"all {e.fact('factor size')} values" if e.fact("factor size") not in ("", "1") else "it"
    if e.fact("how") == "part":
        return f"in {e.code} {partner} is zero wherever gradient comes back, so the gradient of {e.names} is zero"
    what = "of it are zero" if share != "it" else "is zero"
    return f"{e.code} multiplies by zero ({partner}: {share} {what}), so the gradient of {e.names} is zero"


def _fix(e: Evidence) -> str:
    if e.fact("partner"):
        return f"initialise `{e.fact('partner')}` with small random numbers instead of zeros"
    return "look at the other factor: a mask, weight, advantage or schedule that must not be zero everywhere"
