"""An operation without a gradient sits on the path

What happens
    Every variable before the operation gets None; if there is no way around it, an optimizer says "No gradients provided for any variable".
    Most often the operation belongs to a metric (accuracy, F1, IoU, rank correlation) that was promoted to a loss.

Why the gradient stops
    tf.round, tf.floor, tf.argmax, comparisons, histograms and tf.searchsorted are flat: move the input a little and the output
    stays the same, until it jumps. There is no useful slope, and TensorFlow answers None. (tf.sign answers zeros, which looks different and
    is no better. tf.unique raises "gradient registry has no entry". tf.sort and tf.math.top_k are fine: their values carry gradients.)
    Inside tf.while_loop or tf.scan in a tf.function the same mistake gives zeros instead of None.

What to write instead
    Keep the soft value in the loss, and round only what you report:

        predicted = tf.round(tf.sigmoid(logits))    # before
        predicted = tf.sigmoid(logits)              # after

    accuracy -> cross-entropy; F1 or Dice -> the same formula on probabilities; argmax -> softmax; a step or x > t -> tf.sigmoid(k * (x - t)).
    If the forward pass must be rounded, let the gradient pass straight through: `x + tf.stop_gradient(tf.round(x) - x)`.
    `whygrad ops NAME` tells what a given operation does to a gradient.

Who can see it
    Both. Which operations carry no gradient is measured from TensorFlow, not listed by hand.

Further reading
    Introduction to gradients, "Getting a gradient of None": https://www.tensorflow.org/guide/autodiff
    Advanced automatic differentiation, "Custom gradients": https://www.tensorflow.org/guide/advanced_autodiff
"""

from __future__ import annotations

from whygrad.causes.non_differentiable_op.advice import advice
from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    op = e.fact("op")
    zero = e.fact("gradient") == "zero"
    message = f"{e.code} has {'a gradient of zero everywhere' if zero else 'no gradient'}, so {e.names} {e.verb} {'zeros' if zero else 'none'}"
    if e.fact("how") == "labels twice":
        message = f"the derivative of {e.code} has no derivative for the labels: the gradient of {e.names} is zero"
        why = f"The op {op} gives its own derivative as a second output, which TensorFlow differentiates for the logits and not for the labels."
        return Claim(message, why, Fix("write the loss out: `-tf.reduce_sum(labels * tf.nn.log_softmax(logits), axis=-1)`"))
    if e.fact("again"):
        message = f"{e.code} takes a derivative that has no derivative itself, so {e.names} {e.verb} no gradient"
        fix = (
            f"use another operation in the place of {e.fact('again')}, one that TensorFlow "
            f"can differentiate twice; or write its gradient with `tf.custom_gradient`"
        )
        return Claim(message, _why(e, op), Fix(fix))
    text, function = (e.location.text, e.location.function) if e.location else ("", "")
    return Claim(message, _why(e, op), Fix(advice(op, text, function)))


def _why(e: Evidence, op: str) -> str:
    if e.fact("zero"):
        return f"TensorFlow defines the gradient of the op {op} as zero: its result is a step, flat on both sides."
    if e.fact("gradient") == "zero":
        return (
            f"The op {op} carries no gradient. Eagerly that would be None; a loop or a branch inside a `tf.function` hands zeros back in its place."
        )
    if e.fact("unregistered"):
        return f"TensorFlow has no gradient function for the op {op} at all: asking for one raises LookupError, or gives None."
    if e.fact("output") and not e.fact("output").startswith(("float", "bfloat", "complex")):
        return (
            f"The op {op} gives {e.fact('output')}: its result jumps or stays the same when its input moves a little, so there is no slope to follow."
        )
    return f"TensorFlow's gradient of the op {op} is None for this input: its result does not change smoothly with it."
