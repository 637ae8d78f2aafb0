"""Units that can never differ: said only where weights, gradients, the next layer and the end of the training agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from build import Build
from chains import graph
from diagnosed import analysed, only
from whygrad.samples import Alike, Stats

ALIVE = Stats(8, 0, 0, -1.0, 1.0, 2.0)
ZERO = Stats(8, 8, 0, 0.0, 0.0, 0.0)
EQUAL, ROWS, NEITHER = Alike(True, (4,)), Alike(False, (8,)), Alike(False)
TWO_LAYERS = "tape; w > MatMul > Tanh = h; h, u > MatMulWith = p; p > Mean = loss; end"
BACKWARDS = "tape; u > MatMul > Tanh = h; h, w > MatMulWith = p; p > Mean = loss; end"


def made(text: str = TWO_LAYERS, steps: int = 3, gradient: Stats = ALIVE) -> Build:
    """A hidden kernel `w` of 8 equal units and the next layer's kernel `u`, in as many steps of the same place."""
    build = graph(text)
    for name, shape, alike in (("w", (4, 8), EQUAL), ("u", (8, 1), ROWS)):
        variable = build.variables[build.names[name]]
        variable.shape, variable.alike, variable.alike_at_end, variable.changed = shape, alike, alike, True
    for _ in range(steps):
        build.ask("loss", ["w", "u"], missing=[False, False])
        build.measure([gradient, ALIVE])
        build.samples[-1].alike = {0: EQUAL, 1: ROWS}
    return build


def test_equal_units() -> None:
    found = only(made())
    assert (found.cause, found.severity, found.certainty, found.gradient) == ("identical-units", "warning", "proven", None)
    assert "all 8 units of `w` begin equal and get equal gradients" in found.message
    assert "In each of the 3 steps" in found.explanation
    assert "`u`" in found.explanation


def one_gradient_differs(b: Build) -> None:
    b.samples[1].alike = {0: NEITHER, 1: ROWS}


def the_next_layer_tells_them_apart(b: Build) -> None:
    b.samples[1].alike = {0: EQUAL, 1: NEITHER}


def the_next_layer_began_at_random(b: Build) -> None:
    b.variables[b.names["u"]].alike = None


def different_at_the_end(b: Build) -> None:
    b.variables[b.names["w"]].alike_at_end = NEITHER


def the_next_layer_differs_at_the_end(b: Build) -> None:
    b.variables[b.names["u"]].alike_at_end = NEITHER


def no_next_layer(b: Build) -> None:
    for sample in b.samples:
        sample.alike = {0: EQUAL}


@pytest.mark.parametrize(
    "breaks",
    [
        one_gradient_differs,
        the_next_layer_tells_them_apart,
        the_next_layer_began_at_random,
        different_at_the_end,
        the_next_layer_differs_at_the_end,
        no_next_layer,
    ],
)
def test_nothing_is_said_where_anything_differs(breaks: Callable[[Build], None]) -> None:
    build = made()
    breaks(build)
    assert analysed(build).diagnoses == ()


def test_one_step_is_too_few_and_a_zero_gradient_is_another_matter() -> None:
    assert analysed(made(steps=1)).diagnoses == ()
    assert "identical-units" not in {d.cause for d in analysed(made(gradient=ZERO)).diagnoses}


def test_a_layer_before_is_no_next_layer() -> None:
    assert analysed(made(BACKWARDS)).diagnoses == ()


def test_what_was_not_seen_to_its_end_is_only_likely() -> None:
    build = made()
    for variable in build.variables.values():
        variable.alike_at_end = variable.changed = None
    assert only(build).certainty == "likely"
