"""The model of the tape: which gradients are None, predicted from what was recorded."""

from __future__ import annotations

import pytest

from build import Build
from chains import graph
from whygrad import recording as rec

NONE, THERE = True, False


def test_an_op_without_gradient_cuts_what_stands_before_it() -> None:
    made = graph("tape; w > MatMul > Round = h; h, b > Add > Mean = loss; end")
    assert made.ask("loss", ["w", "b"]).missing == (NONE, THERE)


def test_each_input_of_an_op_has_its_own_answer() -> None:
    made = graph("tape; c > Exp = mask; a > Exp = one; b > Exp = two; mask, one, two > SelectV2 = loss; end")
    assert made.ask("loss", ["c", "a", "b"]).missing == (NONE, THERE, THERE)


def test_a_comparison_and_a_cast_back() -> None:
    made = graph("tape; w, _x > Greater > Cast > Mean = loss; end")
    assert made.ask("loss", ["w"]).missing == (NONE,)


def test_what_ran_before_the_tape_is_a_constant() -> None:
    made = graph("w > MatMul = h; tape; h, b > Add = loss; end")
    assert made.ask("loss", ["w", "b"]).missing == (NONE, THERE)


def test_what_ran_after_the_tape_is_a_constant() -> None:
    made = graph("tape; w > MatMul = h; end; h > Mean = loss")
    assert made.ask("loss", ["w"]).missing == (NONE,)


def test_a_tape_entered_again_after_a_pause() -> None:
    made = graph("tape; stop; w > MatMul = h; go; h, b > Add > Mean = loss; end")
    assert made.ask("loss", ["w", "b"]).missing == (NONE, THERE)


def test_recording_stopped_for_all_tapes() -> None:
    b = Build()
    w = b.variable("w")
    with b.tape():
        with b.marked(rec.STOPPED):
            h = b.op("Exp", b.use(w))
        loss = b.op("Add", h, b.use(w))
        lost = b.op("Mean", h)
    assert b.ask(loss, [w]).missing == (THERE,)
    assert b.ask(lost, [w]).missing == (NONE,)


def test_a_persistent_tape_answers_for_each_target() -> None:
    made = graph("tape; w > Exp = one; w > Round = two; end")
    made.tapes[0].persistent = True
    assert made.ask("one", ["w"]).missing == (THERE,)
    assert made.ask("two", ["w"]).missing == (NONE,)


def test_a_tape_knows_nothing_of_what_another_recorded() -> None:
    b = Build()
    w = b.variable("w")
    with b.tape() as first:
        one = b.op("Exp", b.use(w))
    with b.tape() as second:
        two = b.op("Exp", b.use(w))
    assert [b.ask(t, [w], tape=tape).missing for t, tape in ((one, first), (two, second), (one, second), (two, first))] == [
        (THERE,),
        (THERE,),
        (NONE,),
        (NONE,),
    ]


def test_nested_tapes_both_see_it() -> None:
    b = Build()
    w = b.variable("w")
    with b.tape() as outer:
        with b.tape() as inner:
            loss = b.op("Exp", b.use(w))
        first = b.op("Neg", loss)
    assert b.ask(loss, [w], tape=inner).missing == (THERE,)
    assert b.ask(first, [w], tape=outer).missing == (THERE,)
    assert b.ask(first, [w], tape=inner).missing == (NONE,)


@pytest.mark.parametrize(("watched_first", "missing"), [(True, THERE), (False, NONE)])
def test_watch_counts_from_where_it_is_called(watched_first: bool, missing: bool) -> None:
    b = Build()
    x = b.value()
    with b.tape() as tape:
        if watched_first:
            b.watch(tape, x)
        loss = b.op("Exp", x)
        if not watched_first:
            b.watch(tape, x)
    assert b.ask(loss, [x]).missing == (missing,)


def test_a_tape_that_does_not_watch_by_itself() -> None:
    b = Build()
    v, w = b.variable("v"), b.variable("w")
    with b.tape(watches=False) as tape:
        b.watch(tape, w)
        loss = b.op("Add", b.use(v), b.use(w))
    assert b.ask(loss, [v, w]).missing == (NONE, THERE)


def test_a_variable_that_is_not_trainable_is_not_watched() -> None:
    b = Build()
    v = b.variable("v", trainable=False)
    with b.tape():
        loss = b.op("Exp", b.use(v))
    assert b.ask(loss, [v]).missing == (NONE,)


def test_an_intermediate_result_as_source() -> None:
    made = graph("tape; w > Exp = h; h > Mean = loss; end")
    assert made.ask("loss", ["h", "w"]).missing == (THERE, THERE)


def test_the_target_itself_as_source() -> None:
    made = graph("tape; w > Exp = loss; end")
    assert made.ask("loss", ["loss"]).missing == (THERE,)


def test_something_that_is_no_tensor_has_no_gradient() -> None:
    made = graph("tape; w > Exp = loss; end")
    assert made.ask("loss", ["array", "w"]).missing == (NONE, THERE)


@pytest.mark.parametrize("returned", [(True, False), (False, True), (True, True), (False, False)])
def test_a_custom_gradient_gives_what_it_returned(returned: tuple[bool, bool]) -> None:
    b = Build()
    v, w = b.variable("v"), b.variable("w")
    with b.tape():
        inputs = [b.op("Exp", b.use(v)), b.op("Exp", b.use(w))]
        loss = b.op("Mean", b.custom(*inputs, returned=returned))
    assert b.ask(loss, [v, w]).missing == returned


def test_a_custom_gradient_that_was_never_asked_is_taken_to_be_right() -> None:
    b = Build()
    w = b.variable("w")
    with b.tape():
        loss = b.custom(b.op("Exp", b.use(w)), returned=())
    b.customs[b.clock - 1].returned.clear()
    assert b.ask(loss, [w]).missing == (THERE,)


def test_inside_a_function_call() -> None:
    b = Build()
    w = b.variable("w")
    with b.graph() as f:
        p = b.parameter()
        b.give(b.op("Exp", p), b.op("Round", p))
    with b.tape():
        result = b.call(f, b.use(w))
    assert b.ask(result, [w]).missing == (THERE,)
    assert b.ask(result + 1, [w]).missing == (NONE,)


def test_one_branch_is_enough() -> None:
    b = Build()
    w, condition = b.variable("w"), b.value()
    branches = []
    for kind in ("Round", "Exp"):
        with b.graph(kind) as g:
            b.give(b.op(kind, b.parameter()))
        branches.append(g)
    with b.tape():
        loss = b.branch(condition, (branches[0], branches[1]), b.use(w))
    assert b.ask(loss, [w]).missing == (THERE,)


def in_a_loop(kind: str) -> tuple[bool, ...] | None:
    b = Build()
    w, x = b.variable("w"), b.value()
    with b.graph("condition") as condition:
        b.give(b.op("Less", b.parameter(), b.parameter()))
    with b.graph("body") as body:
        value, weight = b.parameter(), b.parameter()
        b.give(b.op("Add", value, b.op(kind, weight)), weight)
    with b.tape():
        loss = b.loop(body, condition, x, b.use(w))
    return b.ask(loss, [w]).missing


def test_a_loop_gives_zeros_where_eager_code_gives_none() -> None:
    """TensorFlow's gradient of While hands back zeros for every differentiable input, cut or not."""
    assert in_a_loop("Exp") == (THERE,)
    assert in_a_loop("Round") == (THERE,)


def test_a_value_that_only_enters_a_loop_through_its_second_round() -> None:
    b = Build()
    w, x = b.variable("w"), b.value()
    with b.graph("condition") as condition:
        b.give(b.op("Less", b.parameter(), b.parameter()))
    with b.graph("body") as body:
        first, second = b.parameter(), b.parameter()
        b.give(b.op("Exp", second), b.op("Neg", second))
    with b.tape():
        loss = b.loop(body, condition, x, b.use(w))
    assert b.ask(loss, [w]).missing == (THERE,)
    assert first != second


def test_tf_gradients_needs_no_tape_but_stays_in_its_graph() -> None:
    b = Build()
    w = b.variable("w")
    with b.graph() as f:
        loss = b.op("Exp", b.op("ReadVariableOp", w))
        cut = b.op("Round", loss)
        assert b.ask(loss, [w], tape=None).missing == (THERE,)
        assert b.ask(cut, [w], tape=None).missing == (NONE,)
    assert b.calls[0].graph == f


def test_the_oracle_is_asked_once_for_each_kind_of_op() -> None:
    made = graph("tape; w > Exp = a; a > Exp = b; b > Exp = c; c > Mean = loss; end")
    made.asked.clear()
    made.ask("loss", ["w"])
    assert len(made.asked) == len(set(made.asked)) == 3
