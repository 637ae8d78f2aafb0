"""What is meant as it stands gets no repair: an operation with a gradient of the user's own, a pass that is kept apart from the tape."""

from __future__ import annotations

import pytest

from whygrad.model import Diagnosis, Fix, Location, Related
from whygrad.repairs.offering import with_repair

PATH = "train.py"
HEAD = "import tensorflow.compat.v1 as tf\n\n"
BINARY = f"{HEAD}x = tf.placeholder(tf.float32, [3])\n"
OVERRIDDEN = f'{BINARY}with tf.get_default_graph().gradient_override_map({{"Sign": "Through"}}):\n    y = tf.sign(x)\n'
PLAIN = f"{BINARY}with tf.name_scope('binary'):\n    y = tf.sign(x)\n"
BASELINE = f"""{HEAD}def step(model, x):
    advantage = 1.0 - model(x)[1]
    with tf.GradientTape() as tape:
        policy, value = MODEL(x)
        loss = tf.reduce_sum(policy * advantage)
    return tape.gradient(loss, model.trainable_variables)
"""


def edits(text: str, cause: str, message: str, marked: str) -> int:
    def place(code: str) -> Location:
        start = text.index(code)
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        return Location(PATH, line, column, line, column + len(code), "step", code)

    tape = [Related("the tape begins here", place("tf.GradientTape()"))] if "GradientTape" in text else []
    found = Diagnosis(cause, "proven", "error", message, "why", place(marked), tuple(tape), "none", (), (), Fix("by hand"), "")
    fix = with_repair(found, {PATH: text}).fix
    assert fix is not None
    return len(fix.edits)


@pytest.mark.parametrize(("text", "offered"), [(OVERRIDDEN, False), (PLAIN, True)])
def test_an_operation_under_an_override(text: str, offered: bool) -> None:
    assert (edits(text, "non-differentiable-op", "`tf.sign(x)` has no gradient, so `w` gets none", "tf.sign(x)") > 0) is offered


@pytest.mark.parametrize(("again", "offered"), [("model", False), ("other", True)])
def test_a_pass_before_the_tape(again: str, offered: bool) -> None:
    text = BASELINE.replace("MODEL", again)
    assert (edits(text, "outside-tape", "`model(x)` was computed before the tape began, so `w` gets no gradient", "model(x)") > 0) is offered
