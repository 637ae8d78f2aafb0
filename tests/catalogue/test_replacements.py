"""Every replacement is run: a finite gradient that is not zero. Every function that cuts the path and that people use has one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from whygrad import catalogue
from whygrad.catalogue import Status
from whygrad.catalogue.counts import namespace
from whygrad.catalogue.entry import CUT
from whygrad.catalogue.kinds import SHAPE_OPS
from whygrad.catalogue.replacements import Replacement, all_replacements, for_entry, for_op
from whygrad.causes.non_differentiable_op.advice import advice

KNOWN = catalogue.load()
EACH = pytest.mark.parametrize("replacement", all_replacements(), ids=lambda r: r.slug)
# Cut, and nothing to write instead: they answer a question about the data, or make text or a new constant of it.
ANSWERS = {
    "allclose",
    "is_finite",
    "is_inf",
    "is_nan",
    "isfinite",
    "isinf",
    "isnan",
    "isin",
    "isneginf",
    "isposinf",
    "iscomplex",
    "isreal",
    "array_equal",
}
NO_STAND_IN = {
    *ANSWERS,
    "arange",
    "as_string",
    "convert_to_numpy",
    "cross",
    "cross_hashed",
    "draw_bounding_boxes",
    "encode_wav",
    "eval",
    "fingerprint",
    "format",
    "guarantee_const",
    "imag",
    "ragged_fill_empty_rows_grad",
    "range",
    "sample_distorted_bounding_box",
    "sequence_mask",
    "stateless_sample_distorted_bounding_box",
    "variable",
}


@EACH
def test_the_replacement_has_a_gradient(replacement: Replacement) -> None:
    words: dict[str, Any] = {"tf": tf}
    exec(compile(replacement.code, replacement.slug, "exec"), words)
    x = tf.Variable(eval(replacement.x))
    tf.random.set_seed(1)
    with tf.GradientTape() as tape:
        value = eval(replacement.loss, {**words, "x": x})
        loss = tf.reduce_sum(tf.square(value))
    gradient = np.asarray(tf.convert_to_tensor(tape.gradient(loss, x)))
    assert np.isfinite(gradient).all()
    assert np.any(gradient != 0)
    assert np.isfinite(float(loss))


@EACH
def test_the_replacement_is_described(replacement: Replacement) -> None:
    assert replacement.title
    assert len(replacement.cost) > 20
    assert replacement.ops or replacement.names
    assert max(map(len, replacement.code.splitlines())) <= 110


@EACH
def test_the_replacement_stands_for_something(replacement: Replacement) -> None:
    assert any(replacement in for_entry(entry) for entry in KNOWN)


def test_names_come_first_then_ops() -> None:
    assert {r.slug for r in for_entry(KNOWN.get("tf.round"))} >= {"straight-through-rounding", "soft-rounding"}
    assert [r.slug for r in for_op("Sign")] == ["soft-sign", "straight-through-sign"]
    assert for_op("MatMul") == ()
    assert for_entry(KNOWN.get("tf.matmul")) == ()


@pytest.mark.parametrize("op", ["Unique", "RandomShuffle", "InTopKV2", "AdjustContrastv2"])
def test_a_report_points_to_the_replacement(op: str) -> None:
    said = advice(op, "anything(x)", "loss")
    assert f"`whygrad ops {op}`" in said
    assert for_entry(KNOWN.get(op)) == for_op(op)


def without() -> list[str]:
    """Public functions that cut the path of the values and have no replacement."""
    found = []
    for entry in KNOWN:
        aside = namespace(entry).startswith(
            ("tensorflow.raw_ops", "tensorflow.compat", "tf_keras", "tensorflow.debugging", "tensorflow.quantization")
        )
        stops = {op for a in entry.float_arguments for op in entry.detail(a.name).stops_at}
        cut = entry.status in CUT and entry.status is not Status.NOT_MEASURED and not stops <= SHAPE_OPS
        if cut and not aside and entry.name.rpartition(".")[2] not in NO_STAND_IN and not for_entry(entry):
            found.append(entry.name)
    return found


def test_what_people_use_has_a_replacement() -> None:
    assert without() == []
