"""A recording saved and read again is the same recording, and the same is said about it, without TensorFlow and without the program's files."""

from __future__ import annotations

import dataclasses
import json
from array import array
from pathlib import Path

import pytest

import run_programs
from build import Build
from chains import graph
from whygrad import recording as rec
from whygrad.analyse.diagnose import analyse
from whygrad.errors import UsageError
from whygrad.record import store

CAUSES = Path(__file__).resolve().parents[2] / "src" / "whygrad" / "causes"
TEXTS = [
    "tape; w > MatMul > Round > Mean = loss; end",
    "w > MatMul = h; tape; h, b > Add > Mean = loss; end",
    "tape; stop; w > ArgMax = h; go; h > Cast > Mean = loss; end",
    "tape; _w, b > Add > Unique > Mean = loss; end",
]


def everything() -> Build:
    """A recording with something in every field."""
    b = Build("with tf.GradientTape() as tape:\n    loss = f(w)\ntape.gradient(loss, [w])")
    w, store_ = b.variable("w", at="f(w)"), b.variable("s", trainable=False)
    with b.graph("f") as f:
        p = b.parameter()
        b.capture(w)
        b.give(b.op("Exp", p))
    with b.tape(at="tf.GradientTape()") as tape:
        with b.stopped(tape):
            b.assign(store_, b.use(w))
        b.watch(tape, w)
        h = b.custom(b.call(f, b.use(w), at="f(w)"), returned=[True])
    b.event("exit", key=h, text="numpy.ndarray", at=("f(w)", "tape.gradient(loss, [w])"))
    b.ask(h, [w, "array"])
    return b


def analysed(case: store.Case) -> object:
    found = analyse(case.recording, case.read, case.ended)
    return found.diagnoses, found.gradients, found.mismatches


def as_lists(recording: rec.Recording) -> dict[str, object]:
    data = {f.name: getattr(recording, f.name) for f in dataclasses.fields(recording) if f.name not in store._ANSWERED}
    columns = {f.name: list(getattr(recording.ops, f.name)) for f in dataclasses.fields(rec.Ops)}
    return {**data, "ops": columns}


@pytest.mark.parametrize("name", ["case.json", "case.json.gz"])
def test_what_is_read_is_what_was_written(tmp_path: Path, name: str) -> None:
    made = everything()
    case = store.observed(made.recording(), made.read, "ValueError: x")
    first = analysed(case)
    store.save(case, tmp_path / name)
    again = store.load(tmp_path / name)
    assert as_lists(again.recording) == as_lists(case.recording)
    assert isinstance(again.recording.ops.tensors, array)
    assert again.ended == "ValueError: x"
    assert analysed(again) == first


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_is_said_about_it(tmp_path: Path, text: str) -> None:
    made = graph(text)
    made.ask("loss", [name for name in ("w", "_w", "b") if name in made.names])
    case = store.observed(made.recording(), made.read)
    first = analysed(case)
    store.save(case, tmp_path / "case.json")
    again = store.load(tmp_path / "case.json")
    asked = len(made.asked)
    assert analysed(again) == first
    assert len(made.asked) == asked, "the loaded recording answers by itself"


def test_a_question_that_was_never_answered_is_not_guessed(tmp_path: Path) -> None:
    made = graph(TEXTS[0])
    case = store.observed(made.recording(), made.read)
    store.save(case, tmp_path / "case.json")
    with pytest.raises(UsageError, match="does not say whether ReadVariableOp"):
        store.load(tmp_path / "case.json").recording.carries(0, ((),))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "whygrad-recording/99"}', '{"format": "whygrad-recording/1"}'])
def test_a_file_that_is_no_recording(tmp_path: Path, content: str) -> None:
    (tmp_path / "case.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="is not a saved recording"):
        store.load(tmp_path / "case.json")


def test_attributes_of_any_kind_are_kept_as_text(tmp_path: Path) -> None:
    made = graph(TEXTS[0])
    made.signatures[0] = rec.Signature("ReadVariableOp", ("dtype", b"\xff", object), made.signatures[0].outputs)
    store.save(store.observed(made.recording(), made.read), tmp_path / "case.json")
    attrs = store.load(tmp_path / "case.json").recording.signatures[0].attrs
    assert attrs == ("dtype", "b'\\xff'", "<class 'object'>")


WRONG = """import tensorflow as tf
from whygrad.analyse.gradient import Judge

Judge.predict = lambda self, reach: tuple(False for _ in self.call.sources)  # a model of the tape that is wrong about everything
w = tf.Variable([1.0, 2.0], name="w")
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.round(w))
tape.gradient(loss, [w])
"""


@pytest.mark.tensorflow
def test_a_wrong_expectation_is_saved_where_the_user_says(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(WRONG, encoding="utf-8")
    (report,) = run_programs.reports([program], WHYGRAD_SAVE=str(tmp_path)).values()
    (saved,) = tmp_path.glob("whygrad-mismatch-*.json")
    assert any(str(saved) in notice for notice in report.notices)
    assert [d.certainty for d in report.diagnoses] == ["likely"]
    case = store.load(saved)
    (again,) = analyse(case.recording, case.read, case.ended).diagnoses  # in this process the model is right
    assert (again.cause, again.location, again.certainty) == (report.diagnoses[0].cause, report.diagnoses[0].location, "proven")
    assert str(program) in json.loads(saved.read_text(encoding="utf-8"))["files"]


@pytest.mark.tensorflow
def test_without_the_wish_nothing_is_saved_and_the_notice_tells_how(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(WRONG, encoding="utf-8")
    (report,) = run_programs.reports([program], WHYGRAD_SAVE="").values()
    assert list(tmp_path.iterdir()) == [program]
    assert any("WHYGRAD_SAVE" in notice for notice in report.notices)
