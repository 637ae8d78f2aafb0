"""A gradient is asked for a tensor that no tape watches

What happens
    tape.gradient(loss, image) is None, although `image` plainly enters the computation. Saliency maps, adversarial examples, gradient
    penalties and physics-informed losses meet this one first. The next line then fails on None, for example inside tf.abs or tf.sign.

Why the gradient stops
    A tape watches trainable variables by itself. An input is a plain tensor and has to be announced with `tape.watch`, before it is used:
    what was computed before the call is not recorded for it. Two relatives: a tape made with `watch_accessed_variables=False` watches no
    variable either, and a copy (`tf.identity(x)`, a cast, a slice) made before the tape is another tensor than the one you watch.

What to write instead
        with tf.GradientTape() as tape:
            tape.watch(image)                   # this line, before the first use
            score = model(image)[:, 3]
        saliency = tape.gradient(score, image)

    For a gradient penalty, watch the mixed samples on the inner tape. If the tensor is meant to be learned, make it a tf.Variable.

Who can see it
    Both. `check` sees a source that is neither a variable nor watched in the same function; a run sees it anywhere, and also a watch
    that came too late.

Further reading
    Introduction to gradients, "Controlling what the tape watches": https://www.tensorflow.org/guide/autodiff
    Advanced automatic differentiation: https://www.tensorflow.org/guide/advanced_autodiff
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix

HOW = {
    "tensor": (
        "is a plain tensor that the tape was not told to watch",
        "A tape follows trainable variables by itself, and tensors only after `tape.watch`.",
    ),
    "copy": (
        "is not watched: `tape.watch` was given a new tensor that is computed from it",
        "A tape follows the very tensor it is given; a cast or another operation inside the call to `watch` makes a new one.",
    ),
    "too late": ("is watched only after it was used", "What was computed from it before `watch` is not on the tape."),
    "switched off": (
        "is not watched: the tape was opened with `watch_accessed_variables=False`",
        "Such a tape follows only what `tape.watch` names.",
    ),
    "unknown": (
        "was not followed by the tape",
        "Every operation on the way to the loss carries gradients, but the tape did not start from this source.",
    ),
}


def claim(e: Evidence) -> Claim:
    what, why = HOW.get(e.fact("how"), HOW["unknown"])
    are = what.replace("is ", "are ", 1).replace("a plain tensor", "plain tensors") if len(e.variables) > 1 and what.startswith("is ") else what
    first = e.variables[0].name if e.variables else "x"
    fix = f"call `tape.watch({first})` at the beginning of the `with` block, before {first} is used"
    return Claim(f"{e.names} {are}", why, Fix(fix))
