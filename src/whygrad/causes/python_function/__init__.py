"""A Python function wrapped by tf.numpy_function or tf.py_function sits on the path

What happens
    The wrapped function runs and the loss is right. With tf.numpy_function everything before it gets None. With tf.py_function and NumPy
    inside, a zero of the wrong shape may come back instead of None, and another operation (often MatMul) complains about shapes.

Why the gradient stops
    tf.numpy_function hands plain arrays to Python; TensorFlow cannot look inside and has no gradient for it. tf.py_function hands over eager
    tensors and does record what happens to them, but only as long as the body stays with TensorFlow operations: a `.numpy()` or an
    `np.` call inside is again the way out.

What to write instead
    The same computation with TensorFlow operations, without a wrapper:

        y = tf.numpy_function(np_softplus, [x], tf.float32)    # before
        y = tf.math.softplus(x)                                # after

    If it must stay Python, use tf.py_function with `tf.` calls only. If it must stay NumPy (a simulator, a SciPy solver), write its
    derivative as well and join the two with tf.custom_gradient. In a tf.data pipeline these functions do no harm.

Who can see it
    Both. `check` sees numpy_function on the way to a loss and NumPy calls inside a py_function; what comes out of the body needs a run.

Further reading
    Introduction to gradients, "Did calculations outside of TensorFlow": https://www.tensorflow.org/guide/autodiff
    tf.numpy_function: https://www.tensorflow.org/api_docs/python/tf/numpy_function
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    message = f"{e.code} runs Python code that TensorFlow cannot look into, so {e.names} {e.verb} no gradient"
    if e.fact("how") == "inside":
        message = f"{e.code} leaves TensorFlow inside a `tf.py_function`, so no gradient comes back through it"
    if e.fact("how") == "called":
        message = f"the Python function that {e.code} calls leaves TensorFlow, so no gradient comes back through it"
    why = (
        "`tf.numpy_function` and `tf.py_func` hand NumPy arrays to your function and get arrays back: no gradient "
        "is defined for them. `tf.py_function` has one, but only while TensorFlow functions are used inside."
    )
    fix = "write the function with TensorFlow ops and call it directly, or give it a gradient of its own with `tf.custom_gradient`"
    return Claim(message, why, Fix(fix))
