"""A value is stored in a variable, a metric or a dataset and read back

What happens
    The loss has the right value, and the gradient of everything that was computed before the storing is None.

Why the gradient stops
    `v.assign(...)` and `v.assign_add(...)` copy a number into the variable. Reading it gives that number back, without the way it was
    computed: a later read has a gradient with respect to `v`, and the path ends there. Metric objects work like this inside, so a
    `tf.keras.metrics.Mean` cannot be a loss; neither can a replay memory, an exponential average kept with assign, a lookup table, or
    values that went through tf.data. A loop `for batch in dataset` inside tf.function is such a passage too.
    MAML with `optimizer.apply_gradients` in the inner loop is the same mistake: the new weights forget the old ones.

What to write instead
    Keep it as a tensor while the tape is running, and store it afterwards:

        total.assign_add(batch_loss)     # before: `total` is a tf.Variable
        total = total + batch_loss       # after: `total` began as 0.0

    A loss that you also want to watch: return the tensor, and hand a copy to `metric.update_state`. Inside tf.function a tf.TensorArray keeps
    gradients. For MAML compute `fast = w - rate * g` and call the model with `fast`.

Who can see it
    Both. A run shows where it was stored and where it was read; `check` sees assign and read, or update_state and result, in one function.

Further reading
    Introduction to gradients, "Took gradients through a stateful object": https://www.tensorflow.org/guide/autodiff
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if "Dataset" in e.fact("op"):
        return _in_a_dataset(e)
    store = "a queue" if "Queue" in e.fact("op") else "a table" if "Table" in e.fact("op") else "a variable"
    message = f"{e.code} stores the value in {store}; what is read back later has no path to {e.names}"
    why = (
        "An assignment keeps the number and forgets how it was computed: reading a variable starts a "
        "new path. Metric objects, optimizer steps, memories and moving averages all store in this way."
    )
    return Claim(
        message,
        why,
        Fix(
            "hand the computed tensor on (return it, keep it in a local name) and use that "
            "in the loss; assign to the variable besides, for the next step or for the log"
        ),
    )


def _in_a_dataset(e: Evidence) -> Claim:
    if e.fact("how") == "put in":
        return Claim(
            f"{e.code} puts what was computed from {e.names} into a dataset; what the dataset hands out is data, without a path to {e.names}",
            "Nothing on a tape leads through a dataset: it takes the numbers in and hands out new tensors, whose past nobody knows.",
            Fix("shuffle the tensor itself (`tf.gather` by shuffled indices), or make the dataset of the plain inputs only"),
        )
    return Claim(
        f"{e.code} computes with {e.names} inside a dataset; what the dataset hands out is data, without a path to {e.names}",
        "A dataset runs its functions by itself whenever an element is asked for, and no tape sees that. Its elements are plain numbers.",
        Fix("let the dataset hand out what goes in, and compute this part under the tape, on each batch"),
    )
