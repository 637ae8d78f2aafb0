"""Every form that the catalogue has for repairs is written by them, in a program, and TensorFlow runs it: a finite gradient that is not zero."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from whygrad.catalogue.replacements import Inline, Replacement, all_replacements, instead_of, twins
from whygrad.repairs.edits import applied
from whygrad.repairs.file import SourceFile
from whygrad.repairs.leaving import stayed
from whygrad.repairs.rewriting import rewritten
from whygrad.repairs.rounding import written
from whygrad.repairs.standing_in import stand_in

FORMS = [(r, i) for r in all_replacements() for i in r.inlines]
ARGUMENTS = ("x", "(x * 1.5)", "tf.identity(x)", "x + 0.1", "-x")


def after(call: str) -> str:
    """The program in which a call is rewritten."""
    library = call.rpartition("(")[0].partition("(")[0].rpartition(".")[0]
    imports = "import tensorflow as tf\n" + (f"import {library}\n" if library.startswith("scipy") else "")
    file = SourceFile("program.py", f"{imports}value = {call}\n")
    calls = [n for n in file.nodes if isinstance(n, (ast.Call, ast.Compare, ast.BinOp))]
    found = next((r.edits for n in calls if (r := rewritten(file, n)) is not None), None)
    if found is None:  # `gradient-stopped` and `python-function` ask for theirs by themselves
        node, form = next((n, form) for n in calls if (form := stand_in(file, n)) is not None)
        made = written(file, node, form)
        assert made is not None
        found = made.edits
    return applied(file, found, 0, len(file.text))


@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize(("replacement", "form"), FORMS, ids=lambda v: v.slug if isinstance(v, Replacement) else "-".join(v.words) or "all")
def test_what_a_repair_writes_has_a_gradient(replacement: Replacement, form: Inline, argument: str) -> None:
    x = tf.Variable(eval(replacement.x))
    words: dict[str, Any] = {"x": x}
    program = after(form.call.replace("(x", f"({argument}", 1))
    with tf.GradientTape() as tape:
        exec(program, words)
        value = tf.square(words["value"])
        loss = tf.reduce_sum(value * tf.range(1.0, tf.size(value, out_type=tf.float32) + 1.0)) if value.shape.rank else value
    gradient = np.asarray(tf.convert_to_tensor(tape.gradient(loss, x)))
    assert np.isfinite(gradient).all()
    assert np.any(gradient != 0), program


@pytest.mark.parametrize(("old", "new"), [pair for r in all_replacements() for pair in r.instead])
def test_the_loss_of_a_metric_has_a_gradient(old: str, new: str) -> None:
    assert instead_of(old) == new
    x = tf.Variable([[0.3, 0.6, 0.1]])
    labels = tf.constant([1] if "sparse" in new.lower() else [[0.0, 1.0, 0.0]])
    name = new.rpartition(".")[2]
    found = getattr(tf.keras.losses, name)
    with tf.GradientTape() as tape:
        loss = (found() if name[0].isupper() else found)(labels, x)
    assert np.any(np.asarray(tape.gradient(loss, x)) != 0)


CALLS = {
    "clip": "x, 0.0, 1.0",
    "concatenate": "[x, x]",
    **dict.fromkeys(("stack", "array", "asarray"), "[x, x]"),
    "expand_dims": "x, 0",
    "reshape": "x, [-1]",
    "where": "x > 0.4, x, 2.0 * x",
    "matmul": "x, x",
    "dot": "x, x",
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "maximum", "minimum", "power"), "x, x * x"),
}


@pytest.mark.parametrize("name", twins())
def test_what_stands_for_numpy_does_the_same_and_has_a_gradient(name: str) -> None:
    scalar = name.startswith("math.")
    text = f"import math\nimport numpy\nimport tensorflow as tf\nvalue = {name}({CALLS.get(name.rpartition('.')[2], 'x')})\n"
    file = SourceFile("program.py", text)
    found = stayed(file, next(n for n in file.nodes if isinstance(n, ast.Call)), as_array=True)
    assert found is not None
    start = 0.3 if scalar else [[0.3, 0.6], [0.2, 0.9]]
    x, before, words = tf.Variable(start), {"x": start if scalar else np.array(start)}, {"x": tf.Variable(start)}
    exec(text, before)
    words["x"] = x
    with tf.GradientTape() as tape:
        exec(applied(file, found.edits, 0, len(text)), words)
        loss = tf.reduce_sum(tf.square(words["value"]))
    np.testing.assert_allclose(words["value"], before["value"], rtol=1e-5)
    assert np.any(np.asarray(tape.gradient(loss, x)) != 0)
