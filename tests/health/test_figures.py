"""The figures against NumPy, on gradients that a second tape gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from whygrad.health.figures import PIECE, of_gradients, of_weights  # noqa: E402
from whygrad.health.history import COLUMNS  # noqa: E402

pytestmark = pytest.mark.tensorflow
Figures = Callable[[list[list[Any]]], list[Any]]
WAYS: dict[str, Callable[[Figures], Figures]] = {
    "eager": lambda f: f,
    "function": lambda f: tf.function(f),
    "xla": lambda f: tf.function(f, jit_compile=True),
}


def by_hand(gradient: Any) -> list[float]:
    """Norm, largest, share of zeros, number not finite, in float64."""
    if isinstance(gradient, tf.IndexedSlices):
        rows: dict[int, Any] = {}
        for index, row in zip(gradient.indices.numpy(), gradient.values.numpy().astype(np.float64)):
            rows[index] = rows.get(index, 0.0) + row
        values = np.stack(list(rows.values()))
    else:
        values = gradient.numpy().astype(np.float64)
    bad = int((~np.isfinite(values)).sum())
    return [float(np.sqrt((values**2).sum())), float(np.abs(values).max()), float((values == 0).mean()), float(bad)]


def gradients_of(dtype: str) -> tuple[Any, list[Any]]:
    """A model with a table, a relu layer and an unused variable; its step's gradients, dense, IndexedSlices and None."""
    rng = np.random.default_rng(3)
    table, w, b, unused = (tf.Variable(rng.normal(size=s), dtype=dtype) for s in ((9, 4), (4, 5), (5,), (2,)))
    with tf.GradientTape() as tape:
        hidden = tf.nn.relu(tf.gather(table, [1, 7, 1, 1, 3]) @ w + b)
        loss = tf.reduce_sum(tf.square(hidden))
    return (table, w, b, unused), tape.gradient(loss, [table, w, b, unused])


def figures_of(way: str, cases: list[list[Any]]) -> list[Any]:
    """The figures of several lists of gradients, each computed by itself, in one function: tracing and compiling take longer than all else."""

    def each(lists: list[list[Any]]) -> list[Any]:
        return [of_gradients(gradients) for gradients in lists]

    return [rows.numpy() for rows in WAYS[way](each)(cases)]


@pytest.mark.parametrize("way", WAYS)
def test_figures_equal_numpy(way: str) -> None:
    cases = [gradients_of(dtype)[1] for dtype in ("float16", "bfloat16", "float32", "float64")]
    for gradients, rows in zip(cases, figures_of(way, cases), strict=True):
        assert isinstance(gradients[0], tf.IndexedSlices)
        assert rows.shape == (4, 6)
        for row, gradient in zip(rows[:3], gradients):
            # 16 bits: rows of one index are added up in float32 by us; by hand in float64
            np.testing.assert_allclose(row[:4], by_hand(gradient), rtol=1e-6)
            assert row[4] == 1.0
        assert np.isnan(rows[3, :4]).all()
        assert rows[3, 4] == 0.0


@pytest.mark.parametrize("way", WAYS)
def test_figures_of_large_gradients(way: str) -> None:
    """They are measured piece by piece; the last piece is shorter, or the size does not divide into lines and there is one piece only."""
    rng = np.random.default_rng(5)
    sizes = (PIECE - 16, PIECE, PIECE + 16, 3 * PIECE, 3 * PIECE + 48, 3 * PIECE + 7)
    made = [rng.normal(size=size) * (rng.random(size) < 0.7) for size in sizes]
    made[3][-1], made[4][-1] = 9.0, -9.0  # the largest stands in the last piece
    bad = made[4].copy()
    bad[-5], bad[3] = np.nan, np.inf
    cases = [[tf.constant(values, dtype) for values in made] for dtype in ("float16", "float32", "float64")]
    cases += [[tf.constant(bad, "float32"), tf.reshape(tf.constant(made[3], "float32"), [3, 64, 1024])]]
    for gradients, rows in zip(cases, figures_of(way, cases), strict=True):
        for row, gradient in zip(rows, gradients, strict=True):
            np.testing.assert_allclose(row[:4], by_hand(gradient), rtol=1e-5)


@pytest.mark.parametrize("way", WAYS)
def test_a_second_tape_gives_the_same(way: str) -> None:
    variables, first = gradients_of("float32")
    _, second = gradients_of("float32")
    rows = WAYS[way](of_gradients)(first).numpy()
    dense = tf.convert_to_tensor(second[0]).numpy()
    assert rows[0, 0] == pytest.approx(np.linalg.norm(dense), rel=1e-6)
    assert rows[0, 2] == pytest.approx((dense[[1, 3, 7]] == 0).mean()), "zeros are counted in the rows that were touched"
    assert rows[1, 0] == pytest.approx(np.linalg.norm(second[1].numpy()), rel=1e-6)
    assert len(variables) == 4


OUTSIDE: list[tuple[str, list[float]]] = [
    ("float16", [6e4] * 50),  # the square leaves the range of float16
    ("float16", [6e-8] * 4),
    ("float32", [1e25, -3e25, 0.0]),  # and that of float32
    ("float32", [1e-25, 0.0, -2e-24]),
    ("float64", [1e-30, 2e-30, 1e30]),
    ("float32", [0.0, -0.0, 0.0]),
    ("float32", [5.0]),
    ("bfloat16", [3e38, 1.0]),
]


@pytest.mark.parametrize("way", WAYS)
def test_squares_outside_the_range(way: str) -> None:
    gradients = [tf.constant(values, dtype) for dtype, values in OUTSIDE]
    for gradient, rows in zip(gradients, figures_of(way, [[g] for g in gradients]), strict=True):
        np.testing.assert_allclose(rows[0, :4], by_hand(gradient), rtol=1e-5, err_msg=str(gradient))


@pytest.mark.parametrize("way", WAYS)
def test_not_finite(way: str) -> None:
    nan, inf = float("nan"), float("inf")
    rows = WAYS[way](of_gradients)([tf.constant([1.0, nan, 0.0, -inf]), tf.constant([inf, 1.0]), tf.constant([3.0, 4.0])]).numpy()
    assert rows[:, 3].tolist() == [2.0, 1.0, 0.0]
    assert np.isnan(rows[0, :2]).all()
    assert rows[0, 2] == 0.25
    assert rows[1, :2].tolist() == [inf, inf]
    assert rows[2, :3].tolist() == [5.0, 4.0, 0.0]


@pytest.mark.parametrize("way", WAYS)
def test_loss_scale_and_skipped_steps(way: str) -> None:
    scaled = lambda g, s: of_gradients([g], s, skips=True)  # noqa: E731
    good = WAYS[way](scaled)(tf.constant([3.0, 4.0]) * 1024.0, tf.constant(1024.0)).numpy()[0]
    assert good.tolist() == [5.0, 4.0, 0.0, 0.0, 1.0, 0.0]
    bad = WAYS[way](scaled)(tf.constant([3.0, float("inf")]), tf.constant(1024.0)).numpy()[0]
    assert bad[[3, 5]].tolist() == [1.0, 1.0]


def test_nothing_to_measure() -> None:
    empty = tf.IndexedSlices(tf.zeros([0, 3]), tf.zeros([0], tf.int32), [5, 3])
    assert of_gradients([empty]).numpy()[0].tolist() == [0.0, 0.0, 1.0, 0.0, 1.0, 0.0]
    assert of_gradients([None]).numpy()[0, 4] == 0.0


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_change_of_the_weights(dtype: str) -> None:
    before, after = tf.constant([3.0, 4.0], dtype), tf.constant([3.0, 4.5], dtype)
    zero = tf.zeros([2], dtype)
    rows = of_weights([before, zero, zero], [after, after, zero]).numpy()
    np.testing.assert_allclose(rows[0], [5.0, 0.1], rtol=1e-6)
    assert rows[1].tolist() == [0.0, float("inf")]
    assert np.isnan(rows[2, 1])
    assert len(COLUMNS) == 8
