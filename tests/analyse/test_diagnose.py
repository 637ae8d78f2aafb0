"""Recording -> diagnoses: which cause, where, how sure, how grave."""

from __future__ import annotations

import pytest

from build import Build
from chains import graph
from diagnosed import line_of, lines, only
from whygrad.model import Location

CAUSES = [
    ("tape; w > MatMul > Round > Mean = loss; end", "non-differentiable-op", "Round("),
    ("tape; w > MatMul > ArgMax > Cast > Mean = loss; end", "non-differentiable-op", "ArgMax("),
    ("tape; w > Exp > StopGradient > Mean = loss; end", "gradient-stopped", "StopGradient("),
    ("tape; w > Exp > PyFunc > Mean = loss; end", "python-function", "PyFunc("),
    ("tape; w > Exp > OnesLike > Mean = loss; end", "value-discarded", "OnesLike("),
    ("w > MatMul = h; tape; h, b > Add > Mean = loss; end", "outside-tape", "h = MatMul"),
    ("tape; w > MatMul = h; end; h > Mean = loss", "outside-tape", "loss = Mean"),
    ("tape; stop; w > MatMul = h; go; h, b > Add > Mean = loss; end", "recording-stopped", "h = MatMul"),
    ("tape; w > MatMul = h; b > Mean = loss; end", "unused-variable", "h = MatMul"),
]


@pytest.mark.parametrize(("text", "cause", "place"), CAUSES, ids=[f"{cause} {text}" for text, cause, _ in CAUSES])
def test_the_cause_and_its_place(text: str, cause: str, place: str) -> None:
    made = graph(text)
    made.ask("loss", [name for name in ("w", "b") if name in made.names])
    found = only(made)
    assert (found.cause, found.certainty) == (cause, "proven")
    assert [line_of(found)] == lines(made, place)
    assert [v.name for v in found.variables] == ["w"]
    assert found.gradient == "none"


def test_a_comparison_that_only_picks() -> None:
    made = graph("tape; t, _x > Greater = mask; a > Exp = one; mask, one, a > SelectV2 > Mean = loss; end")
    made.ask("loss", ["t", "a"])
    found = only(made)
    assert (found.cause, found.severity, [v.name for v in found.variables]) == ("index-only", "warning", ["t"])
    assert [line_of(found)] == lines(made, "Greater(")


def test_a_plain_tensor_among_variables() -> None:
    made = graph("tape; _w, b > Add > Mean = loss; end", sources=["_w", "b"])
    made.ask("loss", ["_w", "b"])
    found = only(made)
    assert (found.cause, [v.name for v in found.variables]) == ("not-a-variable", ["_w"])
    assert [line_of(found)] == lines(made, "np.load")


def test_a_tensor_that_nobody_watched() -> None:
    made = graph("tape; _x, w > Mul > Mean = loss; end", sources=["_x"])
    made.ask("loss", ["_x"])
    assert only(made).cause == "not-watched"


def test_a_tensor_watched_too_late() -> None:
    b = Build("x = np.ones(3)\nwith tf.GradientTape() as tape:\n    loss = tf.exp(x)\n    tape.watch(x)\ntape.gradient(loss, x)")
    x = b.value(at="np.ones(3)")
    with b.tape(at="tf.GradientTape()") as tape:
        loss = b.op("Exp", x, at="tf.exp(x)")
        b.watch(tape, x, at="tape.watch(x)")
    b.ask(loss, [x])
    found = only(b)
    assert (found.cause, found.certainty, line_of(found)) == ("not-watched", "proven", 4)


def test_a_tape_that_does_not_watch_by_itself() -> None:
    b = Build(
        'w = tf.Variable(0.0, name="w")\nwith tf.GradientTape(watch_accessed_variables=False) as tape:\n    loss = tf.exp(w)\ntape.gradient(loss, w)'
    )
    w = b.variable("w", at='tf.Variable(0.0, name="w")')
    with b.tape(watches=False, at="tf.GradientTape(watch_accessed_variables=False)"):
        loss = b.op("Exp", b.use(w, at="tf.exp(w)"), at="tf.exp(w)")
    b.ask(loss, [w])
    found = only(b)
    assert (found.cause, line_of(found)) == ("not-watched", 2)


@pytest.mark.parametrize(("creation", "line"), [("tf.Variable(0.0, trainable=False)", 1), ("make()", 4)])
def test_a_variable_that_is_not_trainable(creation: str, line: int) -> None:
    b = Build(f"v = {creation}\nwith tf.GradientTape() as tape:\n    loss = tf.exp(v)\ntape.gradient(loss, [v])")
    v = b.variable("v", at=creation, trainable=False)
    with b.tape(at="tf.GradientTape()"):
        loss = b.op("Exp", b.use(v), at="tf.exp(v)")
    b.ask(loss, [v])
    found = only(b)
    assert (found.cause, line_of(found)) == ("not-trainable", line)


def test_an_integer_variable() -> None:
    b = Build("n = tf.Variable(3)\nwith tf.GradientTape() as tape:\n    loss = tf.cast(n, tf.float32)\ntape.gradient(loss, [n])")
    n = b.variable("n", at="tf.Variable(3)", dtype="int32")
    with b.tape(at="tf.GradientTape()"):
        loss = b.op("Cast", b.use(n), at="tf.cast(n, tf.float32)")
    b.ask(loss, [n])
    found = only(b)
    assert (found.cause, line_of(found)) == ("non-float-variable", 1)
    assert "int32" in found.message


STORE = """total = tf.Variable(0.0)
with tf.GradientTape() as tape:
    total.assign_add(tf.exp(w))
    loss = total / 3
tape.gradient(loss, [w])"""


def test_a_value_stored_and_read_back() -> None:
    b = Build(STORE)
    w, total = b.variable("w"), b.variable("total", at="tf.Variable(0.0)", trainable=False)
    with b.tape(at="tf.GradientTape()"):
        b.assign(total, b.op("Exp", b.use(w), at="tf.exp(w)"), at="total.assign_add(tf.exp(w))")
        loss = b.op("Div", b.use(total, at="total / 3"), at="total / 3")
    b.ask(loss, [w])
    found = only(b)
    assert (found.cause, line_of(found)) == ("state-round-trip", 3)


CUSTOM = """def backward(upstream):
    return None
with tf.GradientTape() as tape:
    loss = custom(tf.exp(w))
tape.gradient(loss, [w])"""


def test_a_custom_gradient_that_returns_none() -> None:
    b = Build(CUSTOM)
    w = b.variable("w")
    header = Location("prog.py", 1, 1, 1, 23, "backward", "def backward(upstream):", (b.lines[0],))
    with b.tape(at="tf.GradientTape()"):
        loss = b.custom(b.op("Exp", b.use(w), at="tf.exp(w)"), returned=[True], definition=header, at="custom(tf.exp(w))")
    b.ask(loss, [w])
    found = only(b)
    assert (found.cause, line_of(found)) == ("custom-gradient", 2)
    assert [r.location.line for r in found.related if r.location][:1] == [4]


LEFT = """with tf.GradientTape() as tape:
    h = tf.exp(w)
    loss = tf.reduce_mean(np.square(h.numpy()) * b)
tape.gradient(loss, [w, b])"""


def test_a_value_that_left_tensorflow_and_came_back() -> None:
    b = Build(LEFT)
    w, v = b.variable("w"), b.variable("b")
    with b.tape(at="tf.GradientTape()"):
        h = b.op("Exp", b.use(w, at="tf.exp(w)"), at="tf.exp(w)")
        b.event("exit", key=h, at="h.numpy()")
        back = b.value(at="np.square(h.numpy()) * b")
        loss = b.op("Mul", back, b.use(v), at="np.square(h.numpy()) * b")
    b.ask(loss, [w, v])
    found = only(b)
    assert (found.cause, found.certainty, line_of(found)) == ("left-tensorflow", "proven", 3)
    assert found.location is not None
    assert found.location.text == "h.numpy()"


UNREAD = """def loss_of(y_true, y_pred):
    return tf.square(y_true)
with tf.GradientTape() as tape:
    loss = loss_of(y, tf.exp(w))
tape.gradient(loss, [w])"""


def test_a_loss_that_never_reads_the_prediction() -> None:
    b = Build(UNREAD)
    w, y = b.variable("w"), b.value()
    with b.tape(at="tf.GradientTape()"):
        b.op("Exp", b.use(w), at="tf.exp(w)")
        loss = b.op("Square", y, at=("tf.square(y_true)", "loss_of(y, tf.exp(w))"))
    b.ask(loss, [w])
    found = only(b)
    assert (found.cause, line_of(found), found.severity) == ("constant-loss", 2, "error")
    assert "`loss_of` never reads `y_pred`" in found.message


def test_the_other_tape() -> None:
    b = Build("with tf.GradientTape() as one:\n    loss = tf.exp(w)\nwith tf.GradientTape() as two:\n    tf.exp(w)\ntwo.gradient(loss, [w])")
    w = b.variable("w")
    with b.tape(at="tf.GradientTape() as one"):
        loss = b.op("Exp", b.use(w), at="tf.exp(w)")
    with b.tape(at="tf.GradientTape() as two") as two:
        b.op("Exp", b.use(w))
    b.ask(loss, [w], tape=two, at="two.gradient(loss, [w])")
    found = only(b)
    assert (found.cause, line_of(found)) == ("wrong-tape", 5)


ERRORS = [
    ("wrong-tape", "RuntimeError: A non-persistent GradientTape can only be used to compute one set of gradients"),
    ("non-differentiable-op", "LookupError: gradient registry has no entry for: Unique"),
]


@pytest.mark.parametrize(("cause", "error"), ERRORS, ids=[cause for cause, _ in ERRORS])
def test_an_error_of_tensorflow(cause: str, error: str) -> None:
    made = graph("tape; w > Exp > Unique > Mean = loss; end")
    made.ask("loss", ["w"], error=error)
    found = only(made, error)
    assert (found.cause, found.severity) == (cause, "error")


def test_nothing_to_train() -> None:
    made = graph("tape; w > Exp = loss; end")
    made.ask("loss", [], missing=())
    assert only(made, "ValueError: not enough values to unpack (expected 2, got 0)").cause == "empty-variable-list"


@pytest.mark.parametrize("kind", ["none", "number", "empty"])
def test_a_target_that_is_no_tensor(kind: str) -> None:
    made = graph("tape; w > Exp = loss; end")
    made.ask(None, ["w"], error="TypeError: Argument `target` ...").target_kind = kind
    assert only(made, "TypeError").cause == "bad-target"
