"""All units of a layer begin equal and can never differ

What happens
    Every gradient is there and none is zero; the loss falls a little, and then stays where a network with a single unit in that layer would stay.
    More units change nothing.

Why the gradient stops
    It does not stop; it is the same for each unit. Units that begin with the same weights compute the same value. The next layer, which began with
    the same weights for all of them, hands the same gradient back to all of them, and after the update they are equal again. Layers that begin
    with zeros, ones or any other constant do this, where no dropout, no random bias and no random layer behind them tells the units apart. In an
    LSTM or a GRU it is the units of each gate, where both kernels begin so; the usual orthogonal recurrent kernel tells them apart.

What to write instead
    Let chance make the units different, as Keras does where nothing is said:

        Dense(32, kernel_initializer="ones")     # before
        Dense(32)                                # after: glorot_uniform
        tf.Variable(tf.random.normal([8, 32], stddev=0.1))

    Biases may begin with zeros, and so may the kernel of the last layer: its gradients differ, as the targets do.

Who can see it
    A run: it compares the weights and the gradients of the first steps.

Further reading
    tf.keras.initializers: https://www.tensorflow.org/api_docs/python/tf/keras/initializers
"""

from __future__ import annotations

from whygrad.evidence import Claim, Evidence
from whygrad.model import Fix


def claim(e: Evidence) -> Claim:
    units, layers = e.fact("units"), e.names
    many = len(e.variables) > 1
    gates = e.fact("gates")
    which = f"all {units} units of {layers}" if gates == "1" else f"in each of the {gates} gates of {layers} all {units} units"
    message = (
        f"the units of {layers} begin equal and get equal gradients, so each of these layers can do no more than one unit could"
        if many
        else f"{which} begin equal and get equal gradients, so together they can do no more than one unit could"
    )
    why = (
        f"{_began(e)} In each of the {e.fact('steps')} steps that were compared the gradients of the units were the same, and {e.fact('next')}, "
        "which takes them in, treats them alike: after every update they are equal again."
    )
    return Claim(message, why, Fix(_fix(e)))


def _began(e: Evidence) -> str:
    value = e.fact("value")
    return f"Every weight begins as {value}." if value else "All units begin with the same weights."


def _fix(e: Evidence) -> str:
    if e.location is not None and "initializer" in e.location.text:
        return "leave the initializer out (Keras then takes `glorot_uniform`), or take another random one"
    return "begin at random: `tf.random.normal(shape, stddev=0.1)`, or `tf.keras.initializers.GlorotUniform()(shape)`"
