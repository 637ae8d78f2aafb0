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
