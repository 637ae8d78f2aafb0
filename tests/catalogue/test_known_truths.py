"""What is known about TensorFlow's gradients must be what was measured, in every data file."""

from __future__ import annotations

import pytest

from whygrad import catalogue
from whygrad.catalogue import Catalogue, Status
from whygrad.catalogue.counts import coverage, public, raw, takes_floats
from whygrad.catalogue.entry import best

G, N, Z, F = Status.GRADIENT, Status.NONE, Status.ZERO, Status.NOT_FLOAT
INDEX, LOOKUP, D = Status.INDEX, Status.NO_REGISTERED_GRADIENT, Status.DEPENDS
TRUTHS = [
    ("tf.round", "x", (N,)),
    ("tf.floor", "x", (N,)),
    ("tf.math.ceil", "x", (N,)),
    ("tf.math.rint", "x", (N,)),
    ("tf.argmax", "input", (N,)),
    ("tf.argmin", "input", (N,)),
    ("tf.greater", "x", (N,)),
    ("tf.less_equal", "y", (N,)),
    ("tf.equal", "x", (N,)),
    ("tf.one_hot", "indices", (INDEX,)),
    ("tf.one_hot", "on_value", (N,)),
    ("tf.histogram_fixed_width", "values", (N,)),
    ("tf.random.categorical", "logits", (N,)),
    ("tf.searchsorted", "values", (N,)),
    ("tf.searchsorted", "sorted_sequence", (N,)),
    ("tf.unique", "x", (LOOKUP, N)),
    ("tf.math.bincount", "arr", (INDEX,)),
    ("tf.sign", "x", (Z,)),
    ("tf.gather", "params", (G,)),
    ("tf.gather", "indices", (INDEX,)),
    ("tf.where", "condition", (F,)),
    ("tf.where", "x", (G,)),
    ("tf.where", "y", (G,)),
    ("tf.clip_by_value", "t", (G,)),
    ("tf.clip_by_value", "clip_value_min", (G,)),
    ("tf.cast", "x", (D,)),
    ("tf.math.top_k", "input", (G, N)),
    ("tf.sort", "values", (G,)),
    ("tf.argsort", "values", (N,)),
    ("tf.stop_gradient", "input", (N,)),
    ("tf.norm", "tensor", (G,)),
    ("tf.matmul", "a", (G,)),
    ("tf.matmul", 1, (G,)),
    ("tf.nn.relu", "features", (G,)),
    ("tf.random.normal", "mean", (G,)),
    ("tf.random.gamma", "alpha", (G,)),
    ("tf.raw_ops.Round", "x", (N,)),
    ("tf.raw_ops.MatMul", "a", (G,)),
    ("tf.keras.losses.MeanSquaredError", "y_pred", (G,)),
    ("tf.keras.metrics.Accuracy", "y_pred", (N,)),
    ("tf.keras.activations.relu", "x", (G,)),
    ("K.argmax", "x", (N,)),
    ("K.mean", "x", (G,)),
]
ALL = [catalogue.load(tensorflow) for tensorflow, _ in catalogue.versions()]
EACH = pytest.mark.parametrize("known", ALL, ids=lambda c: c.tensorflow)


@EACH
@pytest.mark.parametrize(("name", "argument", "flow"), TRUTHS, ids=lambda v: str(v) if isinstance(v, (str, int)) else "")
def test_a_known_truth(known: Catalogue, name: str, argument: str | int, flow: tuple[Status, ...]) -> None:
    assert known.get(name).flow(argument) == flow


@EACH
@pytest.mark.parametrize(
    ("name", "argument", "note"),
    [("tf.norm", "tensor", "not finite where all values are 0"), ("tf.clip_by_value", "t", "zero for"), ("tf.maximum", "x", "zero for")],
)
def test_what_the_values_change(known: Catalogue, name: str, argument: str, note: str) -> None:
    assert note in known.get(name).detail(argument).note


@EACH
def test_cast_depends_on_the_dtype(known: Catalogue) -> None:
    depends = dict(known.get("tf.cast").detail("x").depends)
    assert depends["dtype=tf.float32"] is G
    assert depends["dtype=tf.int32"] is N


@EACH
@pytest.mark.parametrize(
    ("name", "argument", "op"),
    [
        ("tf.round", "x", "Round"),
        ("tf.argsort", "values", "TopKV2"),
        ("tf.keras.metrics.BinaryAccuracy", "y_pred", "Greater"),
        ("tf.unique", "x", "Unique"),
    ],
)
def test_the_op_inside_is_named(known: Catalogue, name: str, argument: str, op: str) -> None:
    assert op in known.get(name).detail(argument).stops_at


@EACH
def test_nearly_all_is_measured(known: Catalogue) -> None:
    assert coverage(public(known)).share >= 0.97
    assert coverage(raw(known)).share >= 0.96
    assert coverage(known).share >= 0.98


@EACH
def test_what_is_not_measured_says_why(known: Catalogue) -> None:
    assert all(e.reason for e in known if e.status is Status.NOT_MEASURED)
    assert all(takes_floats(e) for e in coverage(known).missing)


@EACH
def test_every_entry_is_whole(known: Catalogue) -> None:
    for entry in known:
        assert all(len(flow) == len(entry.outputs) for flow in entry.flows.values()), entry.name
        assert {a.name for a in entry.arguments} >= set(entry.flows), entry.name
        assert len({a.position for a in entry.arguments} - {None}) == sum(a.position is not None for a in entry.arguments), entry.name


@EACH
def test_what_depends_says_on_what(known: Catalogue) -> None:
    for entry in known:
        for argument in entry.arguments:
            if D in entry.flow(argument.name):
                statuses = {status for _, status in entry.detail(argument.name).depends}
                assert len(statuses) > 1, f"{entry.name} {argument.name}"


def test_the_best_of_several_outputs_counts() -> None:
    assert best((N, G)) is G
    assert best((N, Z)) is Z
    assert best(()) is Status.NOT_MEASURED
