"""The list of variables to train is empty

What happens
    tape.gradient returns an empty list without a word. The complaint comes one line later and talks about something else: "not enough
    values to unpack (expected 2, got 0)" from `apply_gradients` of Keras 3. Keras 2 says nothing at all there, nor does `apply` of Keras 3:
    the loop runs, and nothing learns.

Why the gradient stops
    There is nothing to differentiate with respect to. The usual reasons:
    the model has not seen an input yet, and Keras makes weights only when it knows their shapes (Keras 2 raises
    "Weights for model [...] have not yet been created" when asked); `model.trainable = False` froze all of it;
    the layers live in a plain Python closure, a Lambda or an attribute that Keras does not track;
    the pairs were a `zip`, and a loop over it (to print or to clip) has used it up.

What to write instead
    Build the model before you collect its variables, and look at them:

        variables = model.trainable_variables        # before: [] as the model is not built
        model.build((None, 4))                       # after, or begin the model with tf.keras.Input((4,))
        variables = model.trainable_variables
        assert variables

    Keep pairs in a list: `pairs = list(zip(gradients, variables))`.

Who can see it
    Mostly a run, which knows how long the list was and why. `check` sees an exhausted zip and variables collected before the first call, or by a name
    that no weight of Keras 3 has.

Further reading
    The Sequential model, "Specifying the input shape in advance": https://www.tensorflow.org/guide/keras/sequential_model
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    if e.fact("how") == "exhausted":
        message = f"{e.code} was used up before the optimizer read it: nothing was left to apply"
        why = f"A `{e.fact('kind', 'zip')}` can be run through once. After a loop (or `len`, `list`, a print) over it, it is empty."
        return Claim(message, why, Fix(f"keep it as a list: `list({e.location.text if e.location and len(e.location.text) < 50 else 'zip(...)'})`"))
    if e.fact("how") == "by name":
        message = f"{e.code} lets no variable through: in Keras 3 `v.name` of a layer's weight is only `kernel` or `bias`"
        fix = "look at `v.path` (`dense/kernel`) instead of `v.name`, or take the `trainable_variables` of the part that you mean"
        return Claim(message, "The name of the layer stood in `v.name` in Keras 2; in Keras 3 it is in `v.path`. The list is empty.", Fix(fix))
    if e.fact("how") == "fit":
        return _of_fit(e)
    if e.fact("how") == "all frozen":
        listed = f"`{e.fact('sources')}`" if 0 < len(e.fact("sources")) < 60 else "the list of variables"
        message = f"{e.code} freezes everything that is to be trained: {listed} is empty"
        why = "A frozen layer has no trainable variables. Two names for one model are frozen together: an assignment makes no copy."
        fix = "freeze only the model that is not trained (a copy of its own: `clone_model`), or set `trainable = True` again before reading the list"
        return Claim(message, why, Fix(fix))
    message = f"{e.code} is empty: there is nothing to train"
    if e.fact("how") == "frozen":
        why = "The list of trainable variables is empty because the layers were frozen (`trainable = False`) and not released."
        return Claim(message, why, Fix("set `trainable = True` again before reading the list, or freeze only in the step that needs it"))
    if e.fact("how") == "not built":
        message = f"{e.code} was empty when it was read: the model had no variables yet"
        why = (
            "Keras creates the variables of a layer when it sees its first input. "
            "Here that happens after the list was made, and the list stays empty."
        )
        return Claim(message, why, Fix("build the model before reading the list: begin it with `tf.keras.Input(shape)`, or call it once on a batch"))
    why = (
        "No variable was found: the model is not built yet, everything is frozen, its parameters live where Keras does "
        "not track them (in a Lambda layer, a plain list, a closure), or a filter by name lets none through "
        "(in Keras 3 `v.name` is only `kernel`; `dense/kernel` is its `v.path`)."
    )
    return Claim(
        message,
        why,
        Fix("create the parameters in a layer (`add_weight`) or pass the variables yourself; build the model (call it once) before reading the list"),
    )


def _of_fit(e: Evidence) -> Claim:
    """Keras trains a model without anything to train."""
    why = "Without a trainable weight Keras asks for no gradient: it warns once and goes through the epochs, and every number stays as it is."
    if not e.fact("frozen"):
        fix = "create the parameters in a layer (`add_weight`), where Keras tracks them, and without `trainable=False`"
        return Claim(f"the model has no trainable weights, so {e.code} changes nothing", why, Fix(fix))
    message = f"{e.code} freezes every layer with weights that the model still had to train: nothing is left"
    return Claim(
        message, why, Fix("leave the layers to train out (is the name or the number right?), or set `trainable = True` on them and compile again")
    )
