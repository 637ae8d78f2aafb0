"""One traced program with branches and loops: every op that AutoGraph's generated code runs is found in the file that the user wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from whygrad.record import autograph, sites

SRC = Path(sites.OWN_FOLDER).parent
AUTOGRAPH_PROGRAM = """
import sys, json
import tensorflow as tf
from tensorflow.python.autograph.impl import api
from tensorflow.python.framework import op_callbacks
from whygrad.record import autograph, sites

w = tf.Variable(2.0)


def helper(z, scale=1.0, *rest):
    return tf.sqrt(z * scale,
                   name="root")


@tf.function
def step(x, n):
    y = x * w
    if tf.tanh(y)[0, 0] > -2:
        y = y * tf.tanh(y)
    if tf.reduce_sum(y) > 0 and not tf.reduce_any(y < -5.0):
        y = tf.round(
            x @ tf.ones([2, 2])
            * w)
    else:
        y = tf.abs(y)  # abs
    for i in tf.range(n):
        y += tf.cos(y[0, 1]) * (tf.zeros([1]) if n > 3 else tf.ones([1]))
    while tf.reduce_max(y) > 100.0:
        y = y - tf.sin(y) - tf.sin(y)
        if y[0, 0] < 0:
            break
    r = [tf.exp(q) for q in [y, y]]
    return tf.reduce_sum(helper(*[y], scale=w) * 2 + r[0])


converted = api._convert_actual
def convert(entity, context):
    result = converted(entity, context)
    autograph.register(result.ag_module.__file__, result.ag_source_map)
    return result
api._convert_actual = convert

seen = []
def callback(op_type, inputs, attrs, outputs, op_name=None, graph=None):
    frame = sys._getframe(1)
    while frame is not None and not (sites.is_user_code(frame.f_code) and not frame.f_code.co_name == "callback"):
        frame = frame.f_back
    seen.append((op_type, frame.f_code, frame.f_lasti))

op_callbacks.add_op_callback(callback)
step(tf.ones([2, 2]), tf.constant(3))
op_callbacks.remove_op_callback(callback)
found = []
for op_type, code, lasti in seen:
    location = sites.resolve(code, lasti)
    assert location.path == __file__, location
    found.append((op_type if isinstance(op_type, str) else op_type.decode(), location.line, location.column, location.function, location.text))
print(json.dumps(found))
"""


def _python(program: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SRC), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    return subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int, int, str, str]]:
    """What a traced, AutoGraph-converted function executes, as (op, line, column, function, text)."""
    pytest.importorskip("tensorflow")
    folder = tmp_path_factory.mktemp("autograph")
    (folder / "program.py").write_text(AUTOGRAPH_PROGRAM)
    done = _python(folder / "program.py")
    assert done.returncode == 0, done.stderr
    return [tuple(row) for row in json.loads(done.stdout)]


@pytest.mark.parametrize(
    ("op", "function", "text"),
    [
        ("Round", "step", "tf.round(\n            x @ tf.ones([2, 2])\n            * w)"),
        ("MatMul", "step", "x @ tf.ones([2, 2])"),
        ("Any", "step", "tf.reduce_any(y < -5.0)"),
        ("Less", "step", "y < -5.0"),
        ("Abs", "step", "tf.abs(y)"),
        ("Cos", "step", "tf.cos(y[0, 1])"),
        ("AddV2", "step", "y += tf.cos(y[0, 1]) * (tf.zeros([1]) if n > 3 else tf.ones([1]))"),
        ("Range", "step", "tf.range(n)"),
        ("Exp", "step", "tf.exp(q)"),
        ("Sqrt", "helper", 'tf.sqrt(z * scale,\n                   name="root")'),
        ("Mul", "helper", "z * scale"),
        ("Max", "step", "tf.reduce_max(y)"),
        ("Greater", "step", "tf.reduce_max(y) > 100.0"),
    ],
)
def test_autograph(traced: list[tuple[str, int, int, str, str]], op: str, function: str, text: str) -> None:
    assert (op, function, text) in [(row[0], row[3], row[4]) for row in traced]


def test_autograph_tells_twins_apart(traced: list[tuple[str, int, int, str, str]]) -> None:
    columns = [row[2] for row in traced if row[0] == "Sin"]
    line = next(line for line in AUTOGRAPH_PROGRAM.splitlines() if "tf.sin" in line)
    assert columns == [line.index("tf.sin") + 1, line.rindex("tf.sin") + 1]


def test_autograph_tells_the_condition_from_the_branch(traced: list[tuple[str, int, int, str, str]]) -> None:
    lines = [row[1] for row in traced if row[0] == "Tanh"]
    assert lines == [1 + i for i, line in enumerate(AUTOGRAPH_PROGRAM.splitlines()) if "tf.tanh" in line]


def test_generated_file_that_was_never_registered() -> None:
    name = "/tmp/__autograph_generated_file_unknown.py"
    assert sites.resolve(compile("pass", name, "exec"), 2).path == name
    assert autograph.origin_path(name) is None
