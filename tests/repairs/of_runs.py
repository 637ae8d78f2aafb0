"""Diagnoses that only a run makes, written by hand: the repair of a program, and what TensorFlow says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from whygrad.model import Diagnosis, Fix, Location, Related, VariableInfo
from whygrad.repairs.edits import applied
from whygrad.repairs.file import SourceFile
from whygrad.repairs.offering import with_repair

PATH = "train.py"
HEAD = """import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
keras.utils.set_random_seed(0)
x = tf.constant([[0.0, 0.0], [3.0, 4.0]])
"""
POINTS = "w = tf.Variable([[1.0, 0.0], [0.0, 1.0]])\nwith tf.GradientTape() as tape:\n    "
ASKED = "\n    loss = tf.reduce_sum(y)\ng = [tape.gradient(loss, w)]\n"


@dataclass(frozen=True)
class Case:
    """`found`: the text that the diagnosis marks, its first place; `before` -> `after`: what is changed in the program."""

    cause: str
    message: str
    program: str
    found: str
    before: str
    after: str
    variables: tuple[tuple[str, str], ...] = ()  # their names, and the text that makes them
    related: tuple[tuple[str, str], ...] = ()


def repaired(case: Case) -> str:
    file = SourceFile(PATH, case.program)

    def place(text: str) -> Location:
        start = case.program.index(text)
        return file.place(start, start + len(text.partition("\n")[0].partition("  #")[0]))

    variables = tuple(VariableInfo(name, (), "float32", True, "zeros", place(text)) for name, text in case.variables)
    related = tuple(Related(message, place(text)) for message, text in case.related)
    fix = Fix("initialise `b` with small random numbers instead of zeros" if "(`b`:" in case.message else "by hand")
    found = Diagnosis(case.cause, "proven", "error", case.message, "why", place(case.found), related, "none", variables, (), fix, "")
    offered = with_repair(found, {PATH: case.program}).fix
    assert offered is not None
    assert offered.safety == "review"
    return applied(file, offered.edits, 0, len(case.program)) if offered.edits else case.program


def assert_trains(case: Case) -> None:
    """The repair is the one that is expected, and with it every gradient of `g` is there, finite and not zero."""
    text = repaired(case)
    assert text == case.program.replace(case.before, case.after, 1)
    words: dict[str, list[object]] = {"__name__": "program"}  # type: ignore[dict-item]
    exec(compile(text, PATH, "exec"), words)
    assert words["g"]
    for gradient in words["g"]:
        assert np.all(np.isfinite(gradient))  # type: ignore[call-overload]
        assert np.any(gradient)  # type: ignore[call-overload]


def judged(cases: Sequence[Case], left_alone: Sequence[Case]) -> tuple[Callable[[Case], None], Callable[[Case], None]]:
    """The two tests of a file: `cases` are repaired and train, `left_alone` stay as they are."""

    @pytest.mark.parametrize("case", cases, ids=lambda c: c.before[:60])
    def trains(case: Case) -> None:
        assert_trains(case)

    @pytest.mark.parametrize("case", left_alone, ids=lambda c: c.found[:60])
    def stays(case: Case) -> None:
        assert repaired(case) == case.program

    return trains, stays
