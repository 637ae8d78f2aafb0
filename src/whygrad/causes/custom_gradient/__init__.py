"""A custom gradient returns None or zeros

What happens
    Everything before one call of a function decorated with @tf.custom_gradient gets None (or zeros); everything after it trains.
    The forward values are right, so the function is the last place one looks.

Why the gradient stops
    TensorFlow no longer differentiates this function: it takes what the inner function returns and believes it. A missing `return` is
    None, and None means "no gradient". `return tf.zeros_like(upstream)` means "this input does not matter", which makes the error message
    disappear and the training with it. If the function reads variables, the inner function has to accept `variables` and return a second
    list for them; `[None] * len(variables)` in that place freezes them.

What to write instead
    Return one gradient per input, made from the upstream gradient:

        def backward(upstream):
            tf.clip_by_norm(upstream, 1.0)            # before: computed, not returned
            return tf.clip_by_norm(upstream, 1.0)     # after

    Ask first whether a custom gradient is needed. For a straight-through estimator `x + tf.stop_gradient(f(x) - x)` is enough.

Who can see it
    Both. `check` sees a missing return, None and literal zeros in the inner function, and in one that `tf.RegisterGradient` names for a
    `gradient_override_map`; a run sees what really came back.

Further reading
    Advanced automatic differentiation, "Custom gradients": https://www.tensorflow.org/guide/advanced_autodiff
    tf.custom_gradient: https://www.tensorflow.org/api_docs/python/tf/custom_gradient
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    name = e.fact("function")
    what = f"the custom gradient of `{name}`" if name else "a custom gradient"
    message = f"{what} returns None for {e.names}: {e.code}" if e.location and e.location.text else f"{what} returns None for {e.names}"
    if e.fact("how") == "unreturned":
        message = f"{what} returns nothing: {e.code} is computed and not returned, so {e.names} {e.verb} no gradient"
    if e.fact("how") == "captured":
        message = f"{what} is one for its arguments only: {e.code} uses a tensor from around it, so {e.names} {e.verb} no gradient"
        why = "TensorFlow asks a custom gradient for the gradients of the arguments, and of variables read inside; what it closes over is neither."
        fix = f"make that tensor an argument of `{name or 'the function'}`, and return a gradient for it as well"
        return Claim(message, why, Fix(fix))
    if e.fact("how") == "zeros":
        message = f"{what} returns zeros ({e.code}), so {e.names} {e.verb} a gradient of zero"
        why = "With `tf.custom_gradient` TensorFlow uses what your function returns, as it is: zeros there end the learning of all that comes before."
        return Claim(message, why, Fix(f"return the upstream gradient, `return {_upstream(e)}` (straight through), or one that is scaled, not zero"))
    why = (
        "With `tf.custom_gradient` TensorFlow uses what your function returns, as it is: "
        "a None there is a missing gradient, for arguments and for captured variables alike."
    )
    fix = "return a gradient for every argument, and for captured variables as the second result: `return grad_x, [grad_of_v for v in variables]`"
    return Claim(message, why, Fix("put `return` in front of it" if e.fact("how") == "unreturned" else fix))


def _upstream(e: Evidence) -> str:
    """What the user's gradient function calls it, where it takes one."""
    names = [name for name in e.fact("parameters").split() if name != "variables"]
    return names[0] if len(names) == 1 else "upstream"
