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
