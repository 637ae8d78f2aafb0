"""Diagnoses among each other: what belongs together, what comes first, how grave it is, and when nothing is said or nothing is sure."""

from __future__ import annotations

from build import Build
from chains import graph
from diagnosed import analysed, line_of, lines, only
from whygrad import recording as rec

# -- what belongs together, what comes first ---------------------------------------------------------------------------


def test_variables_that_share_a_cut_share_a_diagnosis() -> None:
    made = graph("tape; v, w > MatMul > Round > Mean = loss; end")
    made.ask("loss", ["v", "w"])
    found = only(made)
    assert [v.name for v in found.variables] == ["v", "w"]
    assert "`v` and `w` get none" in found.message


def test_variables_with_different_cuts_have_a_diagnosis_each() -> None:
    made = graph("tape; v > Round = a; w > StopGradient = b; a, b > Add = loss; end")
    made.ask("loss", ["v", "w"])
    assert {(d.cause, d.variables[0].name) for d in analysed(made).diagnoses} == {("non-differentiable-op", "v"), ("gradient-stopped", "w")}


def test_the_same_failure_in_every_step_is_told_once() -> None:
    made = graph("tape; w > Round > Mean = loss; end")
    for _ in range(5):
        made.ask("loss", ["w"])
    assert len(analysed(made).diagnoses) == 1


def test_several_cuts_on_one_path_are_one_diagnosis_with_the_others_beside_it() -> None:
    made = graph("tape; w > Round = h; h > Floor > Mean = loss; end")
    made.ask("loss", ["w"])
    found = only(made)
    assert [line_of(found)] == lines(made, "Round(")
    assert [r.message for r in found.related if "second cut" in r.message] == ["a second cut on the same path: `Floor(h)`"]
    assert [s.op for s in found.path if not s.carries_gradient] == ["Round", "Floor"]


def test_what_follows_from_a_cut_is_no_second_cut() -> None:
    made = graph("tape; w > ArgMax = i; i > Cast > Mean = loss; end")
    made.ask("loss", ["w"])
    assert [r.message for r in only(made).related if "second cut" in r.message] == []


def test_errors_come_before_warnings_and_what_is_sure_before_what_is_likely() -> None:
    made = graph("tape; v > Round = a; w, b > Mul = c; a, c > Add = loss; end")
    made.ask("loss", ["v", "b"], missing=[True, False])
    made.ask("loss", ["w"], missing=[True], at="loss = Add(a, c)")
    made.ask("a", ["v"], at="Mul(w, b)")
    found = analysed(made).diagnoses
    assert [d.severity for d in found] == sorted((d.severity for d in found), key=["error", "warning", "note"].index)
    assert found[0].severity == "error"
    assert [d.certainty for d in found if d.severity == "error"] == ["proven", "likely"]


def test_the_order_is_not_the_alphabet_nor_the_program() -> None:
    made = graph("tape; v > StopGradient = a; w > Round = c; a, c, b > AddN = loss; end")
    made.ask("loss", ["v", "b"])
    made.ask("c", ["w"], at="AddN(a, c, b)")
    assert [(d.severity, d.cause) for d in analysed(made).diagnoses] == [("error", "non-differentiable-op"), ("warning", "gradient-stopped")]


def test_severity_says_whether_anything_trains() -> None:
    some, all_ = graph("tape; v > Round = h; h, w > Add = loss; end"), graph("tape; w > Round = loss; end")
    some.ask("loss", ["v", "w"])
    all_.ask("loss", ["w"])
    assert (only(some).severity, only(all_).severity) == ("warning", "error")


def test_a_program_that_died_of_the_none_has_an_error() -> None:
    made = graph("tape; v > Round = h; h, w > Add = loss; end")
    made.ask("loss", ["v", "w"])
    assert only(made, "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'").severity == "error"
    assert only(made, "ValueError: this has nothing to do with it").severity == "warning"


def test_zeros_asked_for_on_purpose_are_a_note() -> None:
    made = graph("tape; w > Round = loss; end")
    made.ask("loss", ["w"], missing=[True]).zero_on_purpose = True
    assert only(made).severity == "note"


# -- right or silent ---------------------------------------------------------------------------------------------------


def test_a_healthy_call_is_not_talked_about() -> None:
    made = graph("tape; w > Exp > Mean = loss; end")
    made.ask("loss", ["w"])
    found = analysed(made)
    assert (found.diagnoses, found.mismatches) == ((), [])
    assert [(row.variable, row.status, row.step) for row in found.gradients] == [("w", "ok", 1)]


def test_where_tensorflow_answers_otherwise_nothing_is_proven() -> None:
    made = graph("tape; v > Round = a; a, w > Add = loss; end")
    made.ask("loss", ["v", "w"], missing=[True, True])
    found = analysed(made)
    assert found.mismatches == ["prog.py:6: w"]
    assert {d.certainty for d in found.diagnoses} == {"likely"}


def test_a_gradient_that_should_be_none_and_is_there_is_reported_too() -> None:
    made = graph("tape; v > Round = a; a, w > Add = loss; end")
    made.ask("loss", ["v", "w"], missing=[False, False])
    found = analysed(made)
    assert found.mismatches == ["prog.py:6: v"]
    assert found.diagnoses == ()


def test_the_first_failing_step_has_rows_of_its_own() -> None:
    made = graph("tape; w > Exp = loss; end")
    for missing in (False, False, True, True):
        made.ask("loss", ["w"], missing=[missing])
    assert [(row.status, row.step) for row in analysed(made).gradients] == [("ok", 1), ("none", 3)]


def test_a_recording_without_any_gradient_call() -> None:
    found = analysed(graph("w > Exp = loss"))
    assert (found.diagnoses, found.gradients, found.mismatches) == ((), (), [])


def test_an_optimizer_update_between_the_steps_does_not_connect_them() -> None:
    b = Build()
    v, w = b.variable("v"), b.variable("w")
    with b.tape():
        first = b.op("Mul", b.use(v), b.use(w))
    with b.marked(rec.APPLYING):
        b.assign(w, first)
    with b.tape() as tape:
        loss = b.op("Mean", b.use(w))
    b.ask(loss, [v, w], tape=tape)
    assert only(b).cause == "unused-variable"
