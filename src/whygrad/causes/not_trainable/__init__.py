"""A variable that ought to learn is marked as not trainable

What happens
    tape.gradient gives None for a variable that the loss clearly uses, or Keras never asks for its gradient at all, because it is missing
    from `model.trainable_variables`. Nothing fails; the value just stays what it was.

Why the gradient stops
    A tape watches a variable when it is read, but only if it was created with `trainable=True`. The counters and moving averages of
    BatchNormalization, metrics and optimizers are created with `trainable=False` on purpose: None for them is harmless.
    Freezing a Keras 3 layer (`layer.trainable = False`) is another mechanism: the tape still gives gradients for its weights, Keras only
    leaves them out of `trainable_variables`. Keras 3 also leaves out a bare tf.Variable that is an attribute of a layer.

What to write instead
    If it should learn:

        temperature = tf.Variable(2.0, trainable=False)    # before
        temperature = tf.Variable(2.0)                     # after

    In a Keras layer: `self.add_weight(..., trainable=True)`, and `layer.trainable = True` before `compile`.
    If it should not learn, ask only for the rest: `tape.gradient(loss, model.trainable_variables)`, not `model.variables`.
    If it should stay frozen and you still want to see its gradient, say so: `tape.watch(temperature)`.

Who can see it
    Both. `check` sees `trainable=False` where the variable is made; which weights of a built model are frozen needs a run.

Further reading
    Introduction to variables: https://www.tensorflow.org/guide/variable
    Transfer learning and fine-tuning: https://www.tensorflow.org/guide/keras/transfer_learning
"""
