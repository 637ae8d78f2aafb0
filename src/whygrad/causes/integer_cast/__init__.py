"""The path passes through an integer, bool or string dtype

What happens
    The loss is a float again at the end, so nothing looks wrong, but everything before the cast gets None.

Why the gradient stops
    tf.cast between floating-point dtypes carries the gradient. To an integer or bool it cuts fractions off, and a rounded value has no slope:
    TensorFlow stops there, and casting back to float32 cannot bring back what is gone. The same happens in tf.image.convert_image_dtype
    to uint8, tf.saturate_cast, tf.bitcast, tf.image.encode_jpeg, and in labels or pixel values that were made uint8 on the way.

What to write instead
    Stay in floating point from the variable to the loss, and convert only what is shown or saved:

        pixels = tf.cast(corrected * 255.0, tf.uint8)    # before
        pixels = corrected * 255.0                       # after

    If the loss has to know about the rounding, let the gradient pass it by: `x + tf.stop_gradient(tf.round(x) - x)`, or use
    tf.quantization.fake_quant_with_min_max_args, which has a gradient.
    If the integers are class numbers that came from argmax, work with the probabilities (see non-differentiable-op).

Who can see it
    Both, where the dtype is written in the source. A dtype that comes from data or a configuration needs a run.

Further reading
    Introduction to gradients, "Took gradients through an integer or string": https://www.tensorflow.org/guide/autodiff
    Introduction to tensors: https://www.tensorflow.org/guide/tensor
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    dtype = e.fact("output", "a type that is not floating")
    message = f"{e.code} turns the value into {dtype}, so {e.names} {e.verb} no gradient"
    why = (
        f"Gradients flow through floating (and complex) tensors only. From {dtype} "
        f"on, and after any cast back to float, the tape has nothing to follow."
    )
    return Claim(message, why, Fix("keep the value floating up to the loss: drop the cast, or cast only what you print, store or measure"))
