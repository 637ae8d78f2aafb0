"""A random sample of the catalogue is executed again, with other values: TensorFlow must say what the catalogue says.

WHYGRAD_SEED=7 pytest tests/catalogue/test_again.py
"""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from tools.catalogue.backwards import is_smooth
from tools.catalogue.building import BUILT
from tools.catalogue.calls import Ran, call
from tools.catalogue.specs import parse
from tools.catalogue.surface import Target, targets
from tools.catalogue.values import Values

from whygrad import catalogue
from whygrad.catalogue import Entry, Status

SEED = int(os.environ.get("WHYGRAD_SEED", "20260801"))
SIZE = 300
POINTS = 3
PAIRS = dict(catalogue.versions())
INSTALLED = ".".join(tf.__version__.split(".")[:2])


@cache
def known() -> dict[str, Target]:
    return {t.name: t for t in targets()}


def sample() -> list[Entry]:
    """Entries of the installed version that take floats and run: of what is built in a graph the values are not known."""
    runs = [
        e
        for e in catalogue.load(INSTALLED)
        if e.float_arguments and e.call and not any(BUILT in d.note for d in e.details.values()) and e.name in known()
    ]
    return random.Random(SEED).sample(runs, SIZE)


def gradient(ran: Ran, output: int, leaf: int) -> Any:
    """An array, None, or the exception that asking raised."""
    if not is_smooth(ran.outputs[output].dtype):
        return None
    real, imaginary = np.random.default_rng(output).uniform(0.5, 1.5, size=(2, *ran.outputs[output].shape))
    wide = real + 1j * imaginary if ran.outputs[output].dtype.is_complex else real
    try:
        found = ran.tape.gradient(ran.outputs[output], ran.values.leaves[leaf], output_gradients=tf.cast(wide, ran.outputs[output].dtype))
    except Exception as error:
        return error
    return None if found is None else np.asarray(tf.convert_to_tensor(found))


def seen(answers: list[Any]) -> Status:
    """What all answers together say: a gradient somewhere is a gradient."""
    arrays = [a for a in answers if isinstance(a, np.ndarray)]
    if arrays:
        return Status.GRADIENT if any(np.any(a != 0) for a in arrays) else Status.ZERO
    return Status.NO_REGISTERED_GRADIENT if any(isinstance(a, LookupError) for a in answers) else Status.NONE


def runs_of(entry: Entry, spec: dict[str, str]) -> list[Ran]:
    """The call with other values; where none of them lie in the domain (an assertion, a range), with those of the measurement."""
    found, rng = [], random.Random(SEED)
    for seed in (*(rng.randrange(4, 1000) for _ in range(POINTS)), 1):
        if seed == 1 and found:
            break
        try:
            found.append(call(known()[entry.name], spec, Values(seed)))
        except Exception:
            if seed == 1:
                raise
    return found


def contradictions(entry: Entry) -> Iterator[str]:
    _, spec = parse(f"{entry.name}: {entry.call}")
    runs = runs_of(entry, spec)
    for argument in spec:
        flow, leaves = entry.flow(argument.lstrip("*")), runs[0].leaves_of(argument)
        for output, said in enumerate(flow if leaves and len(flow) == len(runs[0].outputs) else ()):
            usual = entry.detail(argument.lstrip("*")).depends
            wanted = usual[0][1] if said is Status.DEPENDS and usual else said
            got = seen([gradient(ran, output, leaf) for ran in runs if output < len(ran.outputs) for leaf in leaves])
            if got is not wanted:
                yield f"{entry.name} {argument} -> {output}: the catalogue says {wanted.value}, TensorFlow {got.value}"


@pytest.mark.tensorflow
def test_the_catalogue_and_tensorflow_agree() -> None:
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry in sample():
            found += contradictions(entry)
    allowed = 0 if INSTALLED in PAIRS else SIZE // 20  # a version between two measured ones may differ from both
    assert len(found) <= allowed, "\n".join(found)


@pytest.mark.tensorflow
def test_a_contradiction_would_be_seen() -> None:
    entry = catalogue.load(INSTALLED).get("tf.math.round")
    wrong = Entry(entry.name, (), entry.arguments, entry.outputs, {"x": (Status.GRADIENT,)}, {}, entry.call)
    assert list(contradictions(wrong)) == ["tensorflow.math.round x -> 0: the catalogue says gradient, TensorFlow none"]
