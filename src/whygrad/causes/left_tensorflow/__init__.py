"""The computation leaves TensorFlow and comes back as a constant

What happens
    The numbers are right and the gradient is None for everything before the excursion. Inside tf.function a NumPy
    call raises "Cannot convert a symbolic tf.Tensor to a numpy array" and `.numpy()` an AttributeError: the same mistake, better reported.

Why the gradient stops
    A tape records TensorFlow operations. `np.maximum(t, 0)`, `np.mean(t)`, `t.numpy()`, `float(t)` or SciPy compute outside;
    what comes back in is a new constant without a past. NumPy functions take tensors without complaint, so one forgotten `np.` is enough.
    Operators are safe: `array * tensor` is still a tensor with its gradient, and so is `tf.stack([a, b])` of tensors. Rebuilding
    a tensor from floats, `tf.constant([float(a), float(b)])`, is a cut, and so is `tf.Variable(tensor)`.

What to write instead
    The TensorFlow function of the same name, from the variable to the loss:

        hidden = np.maximum(x @ w, 0.0)     # before
        hidden = tf.maximum(x @ w, 0.0)     # after

    np.mean -> tf.reduce_mean, np.dot -> tf.tensordot or @, np.linalg.norm -> tf.norm, np.concatenate -> tf.concat.
    Call `.numpy()` and `float()` only on what you print. For a NumPy style with gradients there is tf.experimental.numpy.

Who can see it
    Both. A run links the place where the value left to the place where it came back; `check` follows it within one function.

Further reading
    Introduction to gradients, "Did calculations outside of TensorFlow": https://www.tensorflow.org/guide/autodiff
    NumPy API on TensorFlow: https://www.tensorflow.org/guide/tf_numpy
"""

from __future__ import annotations

from whygrad.catalogue.replacements import twins
from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    message = f"{e.code} takes the value out of TensorFlow; it comes back as a constant, so {e.names} {e.verb} no gradient"
    why = (
        "NumPy arrays and Python numbers carry no history. What is computed with them is "
        "invisible to the tape, and converting the result to a tensor makes a fresh constant."
    )
    return Claim(message, why, Fix(_instead(e)))


def _instead(e: Evidence) -> str:
    call = e.fact("call")
    if call == "buffer":
        return "collect the tensors in a list and join them with `tf.stack` (or `tf.concat`); inside `tf.function` use a `tf.TensorArray`"
    known = [c for c in e.fact("calls", call).split() if c in twins()]
    if call in twins():
        names = [c.replace("numpy.", "np.") for c in known], [f"tf.{twins()[c].name}" for c in known]
        old, new = (" and ".join(f"`{t}`" for t in texts) for texts in names)
        return f"stay in TensorFlow: use {new} in the place of {old}"
    if call in (".predict", ".predict_on_batch"):
        return "call the model itself, `model(x)`, which gives a tensor with its history; `predict` gives arrays"
    if call in ("float", "int", ".numpy", ".item", ".tolist"):
        return (
            f"drop `{call}{'()' if call.startswith('.') else '(...)'}` and keep the tensor; use "
            f"the TensorFlow functions (`tf.math`, `tf.reduce_mean`, `tf.stack`) for what follows"
        )
    return "do this step with TensorFlow functions (`tf.math`, `tf.reduce_mean`, `tf.stack` ...); convert to NumPy only what you print"
