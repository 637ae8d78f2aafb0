"""What is said about variables: how they began, who updated them, which were left out; on hand-built recordings."""

from __future__ import annotations

from typing import Any

import pytest

from build import Build
from diagnosed import analysed
from whygrad import recording as rec
from whygrad.model import Diagnosis, VariableRow
from whygrad.samples import Stats

PROGRAM = """
w = tf.Variable(tf.random.normal([3]))
b = tf.Variable(start)
model.load_weights("w.h5")
with tf.GradientTape() as tape:
    loss = f(w, b)
gradients = tape.gradient(loss, [w, b])
optimizer.apply_gradients(zip(gradients, [w, b]))
average.assign(0.9 * average)
"""
ALIVE = Stats(3, 0, 0, -1.0, 1.0, 2.0)


def born(b: Build, name: str, value: int, at: str) -> rec.Variable:
    """A variable whose first value is this tensor."""
    key = b.names[name] = b.fresh()
    b.op("AssignVariableOp", key, value, at=at, outputs=0)
    made = b.variables[key] = rec.Variable(key, name, "float32", (3,), True, b.site(at), b.clock)
    return made


def start(w: str = "w", b: str = "b") -> tuple[Build, rec.Variable, rec.Variable]:
    build = Build(PROGRAM)
    scaled = build.op("Mul", build.op("RandomStandardNormal", at="tf.random.normal([3])"), build.value("builtins.float"), at="tf.random.normal([3])")
    return build, born(build, w, scaled, "tf.Variable(tf.random.normal([3]))"), born(build, b, build.value(at="start"), "tf.Variable(start)")


def step(build: Build, updated: tuple[str, ...] = ("w", "b"), asked: tuple[str, ...] = ("w", "b")) -> None:
    """Gradients, and an optimizer that writes to the `updated`."""
    with build.tape(at="tf.GradientTape()") as tape:
        loss = build.op("Mean", build.op("Add", *(build.use(build.names[name]) for name in ("w", "b"))), at="f(w, b)")
    build.ask(loss, asked, tape=tape)
    build.measure([ALIVE] * len(asked))
    with build.marked(rec.APPLYING):
        for name in updated:
            build.op("AssignSubVariableOp", build.names[name], loss, at="optimizer.apply_gradients(zip(gradients, [w, b]))", outputs=0)
    build.event("applied", key=len(asked), text="zip|SGD|", at="optimizer.apply_gradients(zip(gradients, [w, b]))")


def rows(build: Build) -> dict[str, VariableRow]:
    return {row.name: row for row in analysed(build).variables}


def line(row: VariableRow, place: str = "updated_at") -> int | None:
    where = getattr(row, place)
    return None if where is None else int(where.line)


def test_a_random_value_and_an_optimizer() -> None:
    build, w, _ = start()
    step(build)
    w.changed = True
    row = rows(build)["w"]
    assert (row.initial, row.detail, line(row, "location")) == ("random", "tf.random.normal([3])", 2)
    assert (row.gradient, row.updated, row.updated_by, line(row)) == ("ok", True, "SGD", 8)
    assert row.assigned is None


@pytest.mark.parametrize(
    ("source", "word", "detail"),
    [
        ("", "given", "tf.Variable(start)"),
        ("start = np.random.default_rng(0).normal(size=3)", "random", "np.random.default_rng(0).normal(size=3)"),
        ("start = np.load('start.npy')", "given", "np.load('start.npy')"),
        ("start = [1.0, 2.0, 4.0]", "given", "[1.0, 2.0, 4.0]"),
    ],
)
def test_a_numpy_value(source: str, word: str, detail: str) -> None:
    build = Build(f"{source}{PROGRAM}")
    born(build, "b", build.value(at="tf.Variable(start)"), "tf.Variable(start)")
    row = rows(build)["b"]
    assert (row.initial, row.detail) == (word, detail)


def test_what_the_initializer_says() -> None:
    build, w, b = start()
    w.initializer, w.initial = "he_normal", "random"
    b.initializer, b.initial = "zeros", "zeros"
    found = rows(build)
    assert (found["w"].initial, found["w"].detail) == ("random", "he_normal")
    assert (found["b"].initial, found["b"].detail) == ("zeros", "")


def test_a_file_that_is_read_before_training() -> None:
    build, w, _ = start()
    build.assign(w.key, build.value(at='model.load_weights("w.h5")'), at='model.load_weights("w.h5")')
    step(build)
    row = rows(build)["w"]
    assert (row.initial, line(row, "assigned"), row.updated_by) == ("restored", 4, "SGD")


def test_an_assignment_is_an_update_too() -> None:
    build, _, b = start()
    step(build, updated=("w",), asked=("w",))
    build.assign(b.key, build.op("Mul", build.use(b.key)), at="average.assign(0.9 * average)")
    row = rows(build)["b"]
    assert (row.gradient, row.updated, row.updated_by, line(row)) == (None, True, "assign", 9)


def test_writes_inside_a_function_belong_to_the_variable_outside() -> None:
    build, w, _ = start()
    step(build, updated=())
    with build.graph() as inner:
        build.assign(build.capture(w.key), build.parameter(), at="average.assign(0.9 * average)")
    build.call(inner, w.key)
    assert rows(build)["w"].updated_by == "assign"


def test_variables_that_libraries_keep_are_left_out() -> None:
    build, w, b = start()
    w.keeper = "optimizer"
    assert list(rows(build)) == ["b"]
    w.keeper, b.name = "", "w/replica_1"
    assert list(rows(build)) == ["w"]
    w.name = "other"
    assert list(rows(build)) == ["other", "w/replica_1"], "a copy has an original"


def left_out(build: Build) -> list[Diagnosis]:
    return [d for d in analysed(build).diagnoses if d.cause == "not-trainable"]


def half_trained(steps: int = 3, changed: bool | None = False, **more: Any) -> Build:
    build, w, b = start()
    for _ in range(steps):
        step(build, updated=("w",), **more)
    w.changed, b.changed = True, changed
    return build


def test_a_variable_that_the_optimizer_was_not_given() -> None:
    (found,) = left_out(half_trained())
    assert (found.severity, found.certainty, [v.name for v in found.variables]) == ("note", "proven", ["b"])
    assert found.location is not None
    assert found.location.line == 8
    assert "`b` has a gradient in every step, and nothing ever updates it" in found.message


@pytest.mark.parametrize("made", [{"steps": 2}, {"changed": None}, {"changed": True}, {"asked": ("w",)}])
def test_nothing_is_said_of_one_that_may_be_well(made: dict[str, Any]) -> None:
    assert left_out(half_trained(**made)) == []


def test_nothing_is_said_where_an_assignment_comes_later() -> None:
    build = half_trained()
    build.assign(build.names["b"], build.value(), at="average.assign(0.9 * average)")
    assert left_out(build) == []
    frozen = half_trained()
    frozen.variables[frozen.names["b"]].trainable = False
    assert left_out(frozen) == []
