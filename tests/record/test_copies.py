"""Kernels with copies among their units: found by their numbers alone, whatever their order; and what is left of the copies in other arrays."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from whygrad.record.copies import WIDEST, copied, still, taken_alike
from whygrad.record.measure import alike
from whygrad.record.store import _plain, _typed
from whygrad.samples import Alike, copies_in

NEAR = 1e-5
RANDOM = np.random.default_rng(0)
W = RANDOM.normal(size=(5, 4)).astype("float32")
TILED = (0, 1, 2, 3, 0, 1, 2, 3)


def changed(array: Any, column: int, by: float) -> Any:
    array = array.copy()
    array[..., column] += by
    return array


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "bfloat16"])
def test_copies_of_all_kinds(dtype: str) -> None:
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
    w = W.astype(dtype)
    assert copied(np.tile(w, (1, 2))) == TILED
    assert copied(np.repeat(w, 2, axis=1)) == (0, 0, 2, 2, 4, 4, 6, 6)
    assert copied(np.concatenate([w, w[:, :2]], axis=1)) == (0, 1, 2, 3, 0, 1)
    assert copied(np.tile(w[None, None], (3, 3, 1, 2))) == TILED, "filters"


def test_what_is_no_copy() -> None:
    large = RANDOM.normal(size=(8, 9_000)).astype("float32")
    nothing = {
        "random": W,
        "one copy": np.concatenate([W, W[:, :1]], axis=1),
        "two of many that are nearly the same": np.concatenate([W, W[:, :2] * (1 + 1e-6)], axis=1),
        "wide and random": large,
        "too wide": np.tile(large, (1, 2))[:, : WIDEST + 2],
        "zeros on purpose": np.concatenate([W, np.zeros([5, 4], "float32")], axis=1),
        "all the same": np.ones([5, 8], "float32"),
        "whole numbers": np.tile(W, (1, 2)).astype("int32"),
        "a bias": np.tile(W[0], 2),
        "not finite": np.full([5, 8], np.inf, "float32"),
        "the same in a few inputs only": np.concatenate([np.ones([1, 8], "float32"), RANDOM.normal(size=(4, 8))]),
    }
    assert {name: copied(array) for name, array in nothing.items()} == dict.fromkeys(nothing, ())


def test_an_identity_and_signs_are_not_copies_by_their_shape() -> None:
    assert copied(np.eye(8, dtype="float32")) == ()
    signs = np.sign(RANDOM.normal(size=(40, 16))).astype("float32")
    assert copied(signs) == ()


def test_what_is_left_in_a_gradient() -> None:
    g = np.tile(RANDOM.normal(size=(5, 4)).astype("float32"), (1, 2))
    assert still(g, NEAR, TILED) == TILED
    assert still(changed(g, 5, 1e-7), NEAR, TILED) == TILED, "rounding"
    assert still(changed(g, 5, 0.01), NEAR, TILED) == (0, 1, 2, 3, 0, 5, 2, 3)
    assert still(changed(g, 0, 0.01), NEAR, TILED) == (0, 1, 2, 3, 4, 1, 2, 3), "the others have lost the one they were copies of"
    assert still(g * np.array([1, 1, 1, 1e-6] * 2), NEAR, TILED) == (0, 1, 2, 3, 0, 1, 2, 7), "next to zero says nothing"
    assert still(RANDOM.normal(size=(5, 8)), NEAR, TILED) == ()
    assert still(np.zeros([5, 8]), NEAR, TILED) == ()


def test_what_a_next_layer_takes_in_alike() -> None:
    u = np.tile(RANDOM.normal(size=(4, 3)).astype("float32"), (2, 1))
    assert taken_alike(u, NEAR, TILED) == TILED
    assert taken_alike(np.concatenate([u, 3 * u]), NEAR, TILED) == TILED, "after filters: at each place in its own way"
    assert taken_alike(np.concatenate([u, RANDOM.normal(size=(8, 3))]), NEAR, TILED) == ()
    assert taken_alike(np.ones([8, 3]), NEAR, TILED) == TILED
    assert taken_alike(np.ones([9, 3]), NEAR, TILED) == ()
    u[6] += 0.1
    assert taken_alike(u, NEAR, TILED) == (0, 1, 2, 3, 0, 1, 6, 3)


def test_it_belongs_to_what_is_known_of_a_kernel_and_can_be_saved() -> None:
    found = alike(np.tile(W, (2, 2)), (), TILED, [(0, 1, 0, 1, 0), (0, 1, 2, 3, 4, 0, 1, 2, 3, 4)])
    assert found is not None
    assert found.first == TILED
    assert found.takes((0, 1, 2, 3, 4, 0, 1, 2, 3, 4)) == (0, 1, 2, 3, 4, 0, 1, 2, 3, 4)
    assert found.takes((0, 1, 0, 1, 0)) == ()
    assert copies_in(found.first) == 4
    assert _typed(Alike, json.loads(json.dumps(_plain(found)))) == found
