"""Further repairs of what a run or reading the source finds, one program each: TensorFlow runs what comes out."""

from __future__ import annotations

import pytest

from repairs.of_runs import ASKED, HEAD, POINTS, Case, assert_trains, repaired

WRITTEN = "what `rows.write(i, v)` returns is thrown away, and the loss is computed from the array of before: `w` gets no gradient"
ARRAYS = """w = tf.Variable([[1.0, 0.0], [0.0, 1.0]])
@tf.function
def step():
    with tf.GradientTape() as tape:
        rows = tf.TensorArray(tf.float32, size=2, element_shape=[2, 2])
{writes}
        loss = tf.reduce_sum(rows.stack())
    return tape.gradient(loss, [w])
g = step()
"""
FIRST, AGAIN = "        rows.write(0, x @ w)  # begin", "        for i in range(1, 2):\n            rows.write(i, x @ w)"


def arrays(writes: str) -> str:
    return HEAD + ARRAYS.format(writes=writes)


KEPT = [line.replace("rows.", "rows = rows.") for line in (FIRST, AGAIN)]
STOPPED = "`back_prop=False` in `tf.scan(...)` stops the gradient on the way from `w` to `loss`"


def scanned(before: str, after: str) -> Case:
    text = f"{HEAD}{POINTS}y = {before}{ASKED}"
    return Case("gradient-stopped", STOPPED, text, before, before, after)


CASES = [
    Case("value-discarded", WRITTEN, arrays(AGAIN), "rows.write(i, x @ w)", AGAIN, KEPT[1]),
    Case("value-discarded", WRITTEN, arrays(f"{FIRST}\n{AGAIN}"), "rows.write(i, x @ w)", f"{FIRST}\n{AGAIN}", "\n".join(KEPT)),
    scanned("tf.scan(lambda a, b: a + b @ w, x[None], x, back_prop=False)", "tf.scan(lambda a, b: a + b @ w, x[None], x)"),
    scanned("tf.map_fn(lambda r: r @ w, x[None], back_prop=False, name='rows')", "tf.map_fn(lambda r: r @ w, x[None], name='rows')"),
]
LEFT_ALONE = [
    Case(
        "value-discarded",
        WRITTEN,
        arrays("        put(rows, x @ w)").replace("@tf", "def put(rows, v):\n    rows.write(0, v)\n@tf", 1),
        "rows.write(0, v)",
        "",
        "",
    ),
    scanned("tf.map_fn(lambda r: r @ w, x[None], back_prop=w is None)", ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.before[:60])
def test_the_repair_and_what_tensorflow_says(case: Case) -> None:
    assert_trains(case)


@pytest.mark.parametrize("case", LEFT_ALONE, ids=lambda c: c.found[:60])
def test_what_is_not_certain_is_left_alone(case: Case) -> None:
    assert repaired(case) == case.program
