"""Figures of gradients -> the place where they die or break, without TensorFlow; and when nothing is said."""

from __future__ import annotations

import pytest

from build import Build
from chains import graph
from diagnosed import only
from whygrad.analyse.diagnose import analyse
from whygrad.analyse.measured import verdict
from whygrad.model import Diagnosis, Location
from whygrad.samples import Stats

ALIVE = Stats(8, 0, 0, -1.0, 1.0, 2.0)
ZERO = Stats(8, 8, 0, 0.0, 0.0, 0.0)
NOISE = Stats(8, 0, 0, -1e-9, 1e-9, 2e-9)
BAD = Stats(8, 0, 2, 0.0, 1.0, 1.0, (3,))
NEGATIVE = Stats(8, 0, 0, -3.0, -0.5, 5.0)


def diagnoses(b: Build) -> tuple[Diagnosis, ...]:
    return analyse(b.recording(), b.read, None).diagnoses


def asked(text: str, *sources: str) -> Build:
    made = graph(text)
    made.ask("loss", sources, missing=[False] * len(sources))
    return made


RELU = "tape; w > MatMul = h; h > Relu = r; r > Mean = loss; end"


def test_a_relu_that_is_off_everywhere() -> None:
    made = asked(RELU, "w")
    made.measure([ZERO], {"h": NEGATIVE, "r": ZERO, "loss": ALIVE}, {"h": ZERO, "r": ALIVE, "loss": ALIVE})
    found = only(made)
    assert (found.cause, found.certainty, found.severity, found.gradient) == ("flat-region", "proven", "error", "zero")
    assert "all 8 values" in found.message
    assert "the largest is -0.5" in found.message
    assert [step.op for step in found.path if not step.carries_gradient] == ["Relu"]


def test_one_healthy_step_among_the_last_is_enough() -> None:
    made = asked(RELU, "w")
    for gradients in ([ZERO], [ZERO], [ALIVE]):
        made.measure(gradients, {"h": NEGATIVE, "r": ZERO}, {"h": ZERO, "r": ALIVE, "loss": ALIVE})
    assert diagnoses(made) == ()


def test_a_factor_that_is_zero() -> None:
    made = asked("tape; w > Exp = e; m > Identity = factor; e, factor > Mul = p; p > Mean = loss; end", "w")
    made.measure([ZERO], {"e": ALIVE, "factor": ZERO, "p": ZERO}, {"e": ZERO, "p": ALIVE, "loss": ALIVE})
    found = only(made)
    assert (found.cause, found.gradient) == ("zero-factor", "zero")
    assert "multiplies by zero" in found.message


def test_a_partner_that_moves_is_only_noted() -> None:
    made = asked("tape; a > Exp = e; b > Identity = factor; e, factor > Mul = p; p > Mean = loss; end", "a", "b")
    made.measure([ZERO, ALIVE], {"e": ALIVE, "factor": ZERO, "p": ZERO}, {"e": ZERO, "p": ALIVE, "loss": ALIVE})
    assert {d.severity for d in diagnoses(made)} <= {"note"}


def test_noise_is_named_only_where_one_operation_explains_it() -> None:
    softmax = asked("tape; w > MatMul = h; h > Softmax = s; s > Mean = loss; end", "w")
    softmax.measure([NOISE], {"h": ALIVE, "s": ALIVE}, {"h": NOISE, "s": ALIVE, "loss": ALIVE})
    assert only(softmax).cause == "flat-region"
    linear = asked("tape; w > MatMul = h; h > Neg = s; s > Mean = loss; end", "w")
    linear.measure([NOISE], {"h": ALIVE, "s": ALIVE}, {"h": NOISE, "s": ALIVE, "loss": ALIVE})
    assert diagnoses(linear) == ()


def test_nan_is_born_where_the_slope_is_infinite() -> None:
    made = asked("tape; w > Exp = d; d > Sqrt = n; n > Mean = loss; end", "w")
    zeros_in = Stats(8, 3, 0, 0.0, 4.0, 5.0)
    made.measure([BAD], {"d": zeros_in, "n": zeros_in, "loss": ALIVE}, {"d": BAD, "n": ALIVE, "loss": ALIVE})
    found = only(made)
    assert (found.cause, found.certainty, found.gradient) == ("non-finite", "proven", "non-finite")
    assert "3 of its 8 arguments are 0" in found.message


def test_the_first_bad_value_of_the_forward_pass_is_named() -> None:
    made = asked("tape; w > MatMul = h; h > Log = g; g > Exp = e; e > Mean = loss; end", "w")
    made.measure([BAD], {"h": NEGATIVE, "g": BAD, "e": BAD, "loss": BAD}, {"h": BAD, "g": BAD, "e": BAD, "loss": ALIVE})
    found = only(made)
    assert found.cause == "non-finite"
    assert "takes the logarithm of a negative number" in found.message
    assert found.location is not None
    assert "Log(" in found.location.text


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([ZERO], "zero"),
        ([ZERO, ZERO, ZERO, ZERO], "zero"),
        ([ALIVE, ZERO, ZERO], None),
        ([ALIVE, ZERO, ZERO, ZERO], "zero"),
        ([ZERO, ZERO, ALIVE], None),
        ([ALIVE, BAD], "non-finite"),
        ([BAD, ALIVE, ALIVE], None),
        ([BAD, ZERO, ZERO, ZERO], "non-finite"),
        ([ALIVE, None], None),
        ([ALIVE], None),
    ],
)
def test_patience(history: list[Stats | None], expected: str | None) -> None:
    assert verdict(history) == expected


CUSTOM = """def backward({parameters}):
    return 0.0
with tf.GradientTape() as tape:
    loss = custom(tf.exp(w))
tape.gradient(loss, [w])"""


@pytest.mark.parametrize(
    ("parameters", "name"), [("dy", "dy"), ("dy, variables=None", "dy"), ("one, other", "upstream"), ("*grads, **more", "upstream")]
)
def test_zeros_of_a_custom_gradient_are_told_with_the_name_of_what_comes_in(parameters: str, name: str) -> None:
    b = Build(CUSTOM.format(parameters=parameters))
    w = b.variable("w")
    header = Location("prog.py", 1, 1, 1, len(b.lines[0]) + 1, "backward", b.lines[0], (b.lines[0],))
    with b.tape(at="tf.GradientTape()"):
        b.names["e"] = b.op("Exp", b.use(w), at="tf.exp(w)")
        b.names["loss"] = b.custom(b.names["e"], returned=[False], definition=header, at="custom(tf.exp(w))")
    b.ask(b.names["loss"], [w], missing=[False])
    b.measure([ZERO], {"e": ALIVE, "loss": ALIVE}, {"e": ZERO, "loss": ALIVE})
    found = only(b)
    assert found.cause == "custom-gradient"
    assert "returns zeros (`return 0.0`)" in found.message
    assert found.fix is not None
    assert f"`return {name}`" in found.fix.title
