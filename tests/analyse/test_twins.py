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


COPIES = (0, 1, 2, 3, 0, 1, 2, 3)
ONE_COPY_LESS = (0, 1, 2, 3, 0, 1, 2, 7)
COPIED, TAKEN = Alike(False, first=COPIES), Alike(False, taken=((COPIES, COPIES),))


def partly(steps: int = 3, of: Alike = COPIED, taken: Alike = TAKEN, text: str = TWO_LAYERS) -> Build:
    """As `made`, where only some of the 8 units of `w` are copies of others."""
    build = made(text, steps)
    for name, alike in (("w", of), ("u", taken)):
        variable = build.variables[build.names[name]]
        variable.alike = variable.alike_at_end = alike
    for sample in build.samples:
        sample.alike = {0: of, 1: taken}
    return build


def test_copies_among_the_units() -> None:
    found = only(partly())
    assert (found.cause, found.severity, found.certainty) == ("identical-units", "warning", "proven")
    assert (
        "4 of 8 units of `w` are copies of 4 others and get the same gradients, so together they can do no more than 4 units could" in found.message
    )
    assert "`u`" in found.explanation


def test_a_few_copies_are_a_note() -> None:
    two = (0, 1, 2, 3, 0, 0, 6, 7)
    found = only(partly(of=Alike(False, first=two), taken=Alike(False, taken=((two, two),))))
    assert (found.severity, found.certainty) == ("note", "proven")
    assert "2 of 8 units of `w` are copies of one other" in found.message


def test_fewer_than_one_in_eight_are_chance() -> None:
    many = (0, 1, 0, 1, *range(4, 20))
    assert analysed(partly(of=Alike(False, first=many), taken=Alike(False, taken=((many, many),)))).diagnoses == ()


def test_what_differs_anywhere_is_no_copy() -> None:
    build = partly()
    build.samples[1].alike = {0: Alike(False, first=ONE_COPY_LESS), 1: TAKEN}
    build.variables[build.names["u"]].alike_at_end = Alike(False, taken=((COPIES, (0, 1, 2, 3, 0, 1, 6, 3)),))
    assert "2 of 8 units" in only(build).message


def a_gradient_has_no_copies(b: Build) -> None:
    b.samples[1].alike = {0: NEITHER, 1: TAKEN}


def the_next_layer_takes_none_alike(b: Build) -> None:
    b.samples[1].alike = {0: COPIED, 1: NEITHER}


def no_copies_at_the_end(b: Build) -> None:
    b.variables[b.names["w"]].alike_at_end = NEITHER


def never_updated(b: Build) -> None:
    for variable in b.variables.values():
        variable.changed = False


@pytest.mark.parametrize(
    "breaks", [a_gradient_has_no_copies, the_next_layer_takes_none_alike, no_copies_at_the_end, the_next_layer_began_at_random, no_next_layer]
)
def test_nothing_is_said_of_copies_that_something_tells_apart(breaks: Callable[[Build], None]) -> None:
    build = partly()
    breaks(build)
    assert analysed(build).diagnoses == ()


def test_copies_that_are_not_trained() -> None:
    build = partly()
    never_updated(build)
    assert "identical-units" not in {d.cause for d in analysed(build).diagnoses}
    assert analysed(partly(text=BACKWARDS)).diagnoses == ()


def test_copies_whose_end_was_not_seen_are_likely_after_three_steps() -> None:
    for steps, certainties in ((2, []), (3, ["likely"])):
        build = partly(steps)
        for variable in build.variables.values():
            variable.alike_at_end = variable.changed = None
        assert [d.certainty for d in analysed(build).diagnoses] == certainties
