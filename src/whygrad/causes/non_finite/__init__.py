"""NaN or infinity in the gradient

What happens
    The loss or only its gradient becomes NaN; one optimizer step later every weight is NaN. The loss may be finite to the end, because NaN
    can be born on the way back.

Why the gradient stops
    log of 0, division by 0, an overflow of exp: the value itself is not finite. sqrt and norms at 0, arccos at 1, 0 ** y: the value is fine
    and its slope is infinite. And infinity or NaN times zero is NaN: tf.where leaves a bad branch out of the value, but the way back still
    multiplies that branch by zero.

What to write instead
    Keep the argument where the function is smooth, before the function, not after it:

        tf.norm(a - b, axis=-1)                                                    # before
        tf.sqrt(tf.reduce_sum(tf.square(a - b), axis=-1) + 1e-12)                  # after

        tf.where(x > 0, tf.math.log(x), 0.0)                                       # before
        tf.where(x > 0, tf.math.log(tf.where(x > 0, x, 1.0)), 0.0)                 # after: "double where"

    Losses from logits instead of log(softmax(x)); tf.math.divide_no_nan; tf.reduce_logsumexp. Clipping gradients does not help against NaN.

Who can see it
    A run. `check` sees a tf.where around a log, a square root or a division of the same value, and a factor that is written as infinity.

Further reading
    tf.debugging.enable_check_numerics: https://www.tensorflow.org/api_docs/python/tf/debugging/enable_check_numerics
    tf.math.divide_no_nan: https://www.tensorflow.org/api_docs/python/tf/math/divide_no_nan
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix

ROOTS = ("Sqrt", "Rsqrt", "Pow", "SqrtGrad")
QUOTIENTS = ("RealDiv", "Div", "Xdivy", "Reciprocal", "Inv")


def claim(e: Evidence) -> Claim:
    how = e.fact("how")
    if how == "weights":
        message = f"{e.names} or what goes in is NaN or infinite already before this step, so is every gradient"
        return Claim(
            message, "One NaN in a weight makes all that is computed from it NaN.", Fix("look for the first step with a NaN: smaller learning rate")
        )
    if how == "unknown":
        message = f"the gradient of {e.names} is not finite; the operation where it begins was not found"
        return Claim(message, "NaN spreads through every sum it enters.", Fix("call `tf.debugging.enable_check_numerics()` and run again"))
    if how == "guarded":
        message = (
            f"{e.code} is computed for every entry and left out only afterwards: where it is NaN or infinite, the gradient of {e.names} becomes NaN"
        )
        return Claim(message, _why("left out"), Fix(_fix(e)))
    if how == "beyond float16":
        message = f"{e.code} multiplies by a number that float16 cannot hold: it is infinite there, and the gradient of {e.names} becomes NaN"
        why = "The layers compute in float16, whose largest number is 65504. Zero times infinity is NaN, in the value and on the way back alike."
        return Claim(message, why, Fix("use a number that float16 holds (`-1e4`), or add the mask in float32: `tf.cast(x, tf.float32)`"))
    if how == "infinite factor":
        message = f"{e.code} multiplies by infinity: where the other factor or the gradient is 0, the gradient of {e.names} becomes NaN"
        fix = "add a large negative number where the mask says so, `x + (1.0 - mask) * -1e9`, or choose: `tf.where(mask, x, -1e9)`"
        return Claim(message, "Zero times infinity is NaN, in the value and on the way back alike.", Fix(fix))
    message = f"{_seen(e)}, so the gradient of {e.names} is not finite"
    return Claim(message, _why(how), Fix(_fix(e)))


def _seen(e: Evidence) -> str:
    """What was wrong with the numbers that went in, and where the first bad one is."""
    op = e.fact("op")
    first = f" ({e.fact('bad')} of {e.fact('size')}, the first is {e.fact('first')})" if e.fact("first") else ""
    if op in ("Log", "Log1p") and (e.fact("negative") or e.fact("zeros")):
        what = "0" if not e.fact("negative") else f"a negative number (the smallest is {e.fact('low')})"
        return f"{e.code} takes the logarithm of {what}{first}"
    if op in ROOTS and e.fact("zeros"):
        return f"the slope of the square root in {e.code} is infinite at 0, and {e.fact('zeros')} of its {e.fact('input size')} arguments are 0"
    if op in ROOTS and e.fact("negative"):
        return f"{e.code} takes the root of a negative number (the smallest is {e.fact('low')}){first}"
    if op in QUOTIENTS and e.fact("zeros"):
        return f"{e.code} divides by zero{first}"
    if op == "Exp":
        return f"{e.code} overflows: its arguments reach {e.fact('high')}{first}"
    if e.fact("how") == "backward":
        return f"the slope of {e.code} is not finite (its arguments reach from {e.fact('low')} to {e.fact('high')})"
    return f"{e.code} gives NaN or infinity{first}"


def _why(how: str) -> str:
    if how == "left out":
        return "The loss is finite, because that value was left out; on the way back it is multiplied by zero, and zero times infinity or NaN is NaN."
    if how == "backward":
        return "The value is fine, its slope is not: the gradient is multiplied by infinity there, and by the next zero it becomes NaN."
    return "From there on everything is NaN, forwards and back."


def _fix(e: Evidence) -> str:
    op, how = e.fact("op"), e.fact("how")
    if how in ("left out", "guarded"):
        return "replace the bad inputs before this operation as well: `safe = tf.where(ok, x, tf.ones_like(x))`, then compute with `safe`"
    if op in ROOTS:
        return "add a small number under the root: `tf.sqrt(tf.reduce_sum(tf.square(d), axis=-1) + 1e-12)`"
    if op in ("Log", "Log1p"):
        return "compute from logits, or keep the argument away from 0: `tf.math.log(tf.maximum(x, 1e-12))`"
    if op in QUOTIENTS:
        return "use `tf.math.divide_no_nan`, or add a small number to the denominator"
    if op == "Exp":
        return "subtract the maximum first, or use `tf.reduce_logsumexp`, `tf.nn.softmax`, a loss from logits"
    return "keep its arguments inside the range in which it is smooth"
