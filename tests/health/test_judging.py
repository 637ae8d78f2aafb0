"""Hand-made histories: each kind of trouble is named, with its place; what is ordinary is not."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest

from health.rows import row
from whygrad.health.history import History, Series
from whygrad.health.judging import judge

Row = Callable[[int, int], list[float]]  # (layer, step) -> figures


def network(layers: int, steps: int, figures: Row, shape: Sequence[int] = (16, 16)) -> History:
    history = History()
    batch = history.open([Series(f"dense_{i}/kernel", tuple(shape)) for i in range(layers)])
    for step in range(steps):
        history.add(batch, step, [figures(i, step) for i in range(layers)])
    return history


def wobble(layer: int, step: int) -> float:
    return math.exp(math.sin(7.0 * layer + 3.0 * step))


def test_an_ordinary_network_is_not_flagged() -> None:
    assert judge(network(10, 50, lambda i, s: row(norm=wobble(i, s)))) == ()
    assert judge(network(10, 50, lambda i, s: row(norm=wobble(i, s) * 2.0**i))) == (), "a factor of 500 over ten layers is ordinary"
    assert judge(History()) == ()


def test_vanishing() -> None:
    factor = {6: 1e-3}
    norms = [10.0**-i * math.prod(factor.get(j, 1.0) for j in range(i + 1)) for i in range(10)][::-1]
    (found,) = judge(network(10, 8, lambda i, s: row(norm=norms[i] * wobble(0, s))))
    assert (found.cause, found.severity, found.gradient, found.location) == ("vanishing", "warning", "ok", None)
    assert "shrinks 1e+12 times on its way from `dense_9/kernel`" in found.message
    assert "most between `dense_4/kernel` and `dense_3/kernel` (1e+04 times)" in found.message


def test_exploding() -> None:
    (found,) = judge(network(6, 8, lambda i, s: row(norm=50.0 ** (6 - i) * wobble(0, s))))
    assert found.cause == "exploding"
    assert "grows 3.1e+08 times on its way from `dense_5/kernel`" in found.message


@pytest.mark.parametrize(
    ("layers", "steps", "figures"),
    [
        (3, 50, lambda i, s: row(norm=1e-3**i)),  # too few layers
        (10, 4, lambda i, s: row(norm=0.05**i)),  # too few steps
        (10, 50, lambda i, s: row(norm=1e-6 if i == 4 else 1.0)),  # one layer apart: no trend
        (10, 50, lambda i, s: row(norm=1e-5 if i < 3 else 1.0)),  # two groups, as in a fine-tuned base: no trend
        (10, 50, lambda i, s: row(norm=0.2**i if s < 20 else 1.0)),  # at the start only
    ],
)
def test_no_trend_through_the_depth(layers: int, steps: int, figures: Row) -> None:
    assert judge(network(layers, steps, figures)) == ()


def test_biases_take_no_part_in_the_depth() -> None:
    assert judge(network(10, 20, lambda i, s: row(norm=0.05**i), shape=(16,))) == ()


def test_the_first_that_is_not_finite() -> None:
    history = network(5, 40, lambda i, s: row(norm=math.nan, bad=3) if (s == 17 and i >= 2) or s > 17 else row())
    (found,) = judge(history)
    assert (found.cause, found.severity, found.gradient) == ("non-finite", "error", "non-finite")
    assert found.message == (
        "NaN or Inf in the gradient of `dense_4/kernel` (3 of 256 elements), and `dense_2/kernel` and `dense_3/kernel`, first at step 17"
    )
    assert "Finite in that step: `dense_0/kernel` and `dense_1/kernel`." in found.explanation
    assert len(found.variables) == 5


def test_dead() -> None:
    dead = row(norm=0.0, zeros=1.0)
    (found,) = judge(network(4, 5, lambda i, s: dead if i < 2 else row()))
    assert (found.cause, found.severity, found.gradient) == ("flat-region", "warning", "zero")
    assert found.message == "the gradient of `dense_0/kernel` and `dense_1/kernel` is zero in every element, in all 5 steps"
    (found,) = judge(network(4, 5, lambda i, s: dead))
    assert found.severity == "error", "nothing learns"
    (found,) = judge(network(4, 30, lambda i, s: dead if s > 15 and i == 1 else row()))
    assert "for 14 steps" in found.message


def test_zero_for_a_while_is_ordinary() -> None:
    dead = row(norm=0.0, zeros=1.0)
    assert judge(network(4, 2, lambda i, s: dead)) == ()
    assert judge(network(4, 20, lambda i, s: dead if s == 0 else row())) == (), "a branch that starts at zero"
    assert judge(network(4, 20, lambda i, s: dead if s % 9 and i == 0 else row())) == (), "an expert that is seldom asked"


def test_a_dead_bias_beside_a_living_kernel_is_a_note() -> None:
    history = History()
    batch = history.open([Series("dense/kernel", (4, 4)), Series("dense/bias", (4,))])
    for step in range(5):
        history.add(batch, step, [row(), row(norm=0.0, zeros=1.0)])
    (found,) = judge(history)
    assert found.severity == "note"
    assert "harmless" in found.explanation


def test_without_a_gradient_and_never_updated() -> None:
    (found,) = judge(network(3, 5, lambda i, s: row(present=0.0) if i == 1 else row()))
    assert (found.cause, found.gradient, found.certainty) == ("unused-variable", "none", "likely")
    assert "`dense_1/kernel` in any of 5 steps" in found.message
    (found,) = judge(network(3, 30, lambda i, s: row(ratio=0.0 if i == 2 else 1e-3)))
    assert found.cause == "not-trainable"
    assert judge(network(3, 30, lambda i, s: row(ratio=0.0 if s < 20 else 1e-3))) == ()


def test_steps_that_loss_scaling_leaves_out() -> None:
    skipped = row(norm=math.inf, bad=4, skipped=1.0)
    assert judge(network(3, 20, lambda i, s: skipped if s < 6 else row())) == (), "it is looking for its scale"
    (found,) = judge(network(3, 20, lambda i, s: skipped if s > 4 else row()))
    assert "skipped the last 15 steps" in found.message


def test_without_tensorflow() -> None:
    program = "import sys; from whygrad.health import judge, History; judge(History()); print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"
