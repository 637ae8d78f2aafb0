"""Where values come from, in the small programs of `flow_programs`, and the other questions that a `Program` answers."""

from __future__ import annotations

import textwrap
import time

import pytest

from source.flow_programs import DERIVED, NOT_DERIVED
from whygrad.model import Location
from whygrad.source.flow import Program

HEAD = "import math\nimport numpy as np\nimport tensorflow as tf\n"


def _program(source: str, **others: str) -> tuple[Program, dict[str, str]]:
    files = {"/p/main.py": HEAD + textwrap.dedent(source), **{f"/p/{name}.py": textwrap.dedent(text) for name, text in others.items()}}
    return Program(files, files.get), files


def _at(files: dict[str, str], text: str, path: str = "/p/main.py", occurrence: int = 0) -> Location:
    """The place of a text in a file."""
    start = -1
    for _ in range(occurrence + 1):
        start = files[path].index(text, start + 1)
    line, column = files[path].count("\n", 0, start) + 1, start - files[path].rfind("\n", 0, start)
    end_line, end = line + text.count("\n"), start + len(text)
    return Location(path, line, column, end_line, end - files[path].rfind("\n", 0, end), text=text)


@pytest.mark.parametrize("name", DERIVED)
def test_derived(name: str) -> None:
    source, sink, origin, calls = DERIVED[name]
    program, files = _program(source)
    chain = program.derives(_at(files, sink), _at(files, origin))
    assert chain is not None
    assert chain[0].location.text == sink
    assert chain[-1].location.text == origin
    if calls is not None:
        assert [step.call for step in chain if step.call] == calls
    assert origin in [step.location.text for step in program.origins(_at(files, sink))]


@pytest.mark.parametrize("name", NOT_DERIVED)
def test_not_derived(name: str) -> None:
    source, sink, origin = NOT_DERIVED[name]
    program, files = _program(source)
    assert program.derives(_at(files, sink), _at(files, origin)) is None


@pytest.mark.parametrize("header", ["from helpers import average", "from .helpers import average", "import helpers\naverage = helpers.average"])
def test_across_modules(header: str) -> None:
    source = f"{header}\ny = tf.constant(average([float(loss)]))\n"
    program, files = _program(source, helpers="import numpy\nSCALE = 2\ndef average(v):\n    return SCALE * numpy.mean(v)\n")
    chain = program.derives(_at(files, "tf.constant(average([float(loss)]))"), _at(files, "float(loss)"))
    assert chain is not None
    assert [s.call for s in chain if s.call] == ["tensorflow.constant", "average", "numpy.mean", "float"]
    assert chain[2].location.path == "/p/helpers.py"


def test_global_of_another_module() -> None:
    program, files = _program("import helpers\ny = tf.constant(helpers.SCALE)\n", helpers="SCALE = load('x')\n")
    assert program.derives(_at(files, "tf.constant(helpers.SCALE)"), _at(files, "load('x')", "/p/helpers.py")) is not None


def test_steps_are_nearest_first_and_named() -> None:
    program, files = _program("v = np.mean(w.numpy())\ny = tf.constant(v)\n")
    steps = list(program.origins(_at(files, "tf.constant(v)")))
    assert [s.location.text for s in steps] == ["tf.constant(v)", "v", "np.mean(w.numpy())", "w.numpy()", "w"]
    assert [s.call for s in steps] == ["tensorflow.constant", None, "numpy.mean", ".numpy", None]


def test_limit_and_recursion() -> None:
    program, files = _program("def f(x):\n    if x:\n        return x\n    return f(g(x)) + 1\ndef g(x):\n    return f(x)\ny = f(float(w))\n")
    assert len(list(program.origins(_at(files, "f(float(w))"), limit=5))) == 5
    texts = [s.location.text for s in program.origins(_at(files, "f(float(w))"))]
    assert len(texts) == len(set(texts)) + 2  # `x` is read in three places of two functions, each once
    assert {"1", "w", "float(w)"} < set(texts)


def test_an_origin_known_only_by_its_statement() -> None:
    program, files = _program("v = float(loss)\nprint(loss)\ny = tf.constant(v)\n")
    sink = _at(files, "tf.constant(v)")
    assert program.derives(sink, _at(files, "v = float(loss)")) is not None
    assert program.derives(sink, _at(files, "print(loss)")) is None
    assert program.derives(_at(files, "y = tf.constant(v)"), _at(files, "float(loss)")) is not None


@pytest.mark.parametrize(
    ("source", "at", "expected"),
    [
        ("w = f(1)\nw = f(2)\nuse(w)\nw = f(3)\n", "w)", "f(2)"),
        ("def g():\n    use(w)\nw = f(1)\n", "w)", "f(1)"),
        ("def g(w):\n    use(w)\ng(f(1))\n", "w)", "f(1)"),
        ("for w in f(1):\n    use(w)\n", "w)", "f(1)"),
        ("import w\nuse(w)\n", "w)", None),
        ("use(w)\n", "w)", None),
        ("class A:\n    def a(self):\n        self.w = f(1)\n    def b(self):\n        self.w = f(2)\n        use(self.w)\n", "self.w)", "f(2)"),
        ("class A:\n    def a(self):\n        self.w = f(1)\n    def b(self):\n        use(self.w)\n", "self.w)", "f(1)"),
    ],
)
def test_definition(source: str, at: str, expected: str | None) -> None:
    program, files = _program(source)
    place = _at(files, f"use({at}")
    place = Location(place.path, place.line, place.column + 4, place.end_line, place.end_column - 1)
    found = program.definition(place)
    assert (None if found is None else found.text) == expected


def test_call_at() -> None:
    program, files = _program("with t as tape:\n    pass\ngrads = tape.gradient(loss * 2, [w, b], output_gradients=seed)\n")
    call = program.call_at(_at(files, "tape.gradient(loss * 2, [w, b], output_gradients=seed)"))
    assert call is not None
    assert (call.name, call.func.text, [a.text for a in call.args]) == (".gradient", "tape.gradient", ["loss * 2", "[w, b]"])
    assert {name: where.text for name, where in call.keywords.items()} == {"output_gradients": "seed"}
    assert program.call_at(_at(files, "grads = tape.gradient(loss * 2, [w, b], output_gradients=seed)")) == call
    assert program.call_at(_at(files, "loss * 2")) is None


def test_function_at() -> None:
    source = "class M:\n    def loss(self, y_true, y_pred, unused=1, *rest):\n        rest += 1\n        return lambda z: y_pred * self.k\n"
    program, files = _program(source)
    inside = program.function_at(_at(files, "rest += 1"))
    assert inside is not None
    assert (inside.name, inside.parameters) == ("M.loss", ("self", "y_true", "y_pred", "unused", "rest"))
    assert inside.unread == {"y_true"}, "what has a default is an option, which need not be read"
    assert inside.header.text == "def loss(self, y_true, y_pred, unused=1, *rest):"
    assert (inside.location.line, inside.location.end_line) == (5, 7)
    innermost = program.function_at(_at(files, "y_pred * self.k"))
    assert innermost is not None
    assert (innermost.name, innermost.unread) == ("M.loss.<locals>.<lambda>", frozenset({"z"}))
    assert program.function_at(_at(files, "import math")) is None


def test_assignments_after() -> None:
    source = "w = f(0)\nfor i in r:\n    if i:\n        w = f(1)\n    g = grad(w)\n    w = w - g\nw += f(2)\ndef h():\n    w = f(3)\n"
    program, files = _program(source)
    assert [a.text for a in program.assignments_after(_at(files, "grad(w)"), "w")] == ["w - g", "f(2)", "f(1)"]
    assert program.assignments_after(_at(files, "grad(w)"), "nothing") == ()


def test_imports() -> None:
    program, _ = _program("import os.path\nimport a.b as c\nfrom keras import layers as L, ops\nfrom . import here\nfrom ..up import it\n")
    expected = {"math": "math", "np": "numpy", "tf": "tensorflow", "os": "os", "c": "a.b", "L": "keras.layers", "ops": "keras.ops"}
    assert program.imports("/p/main.py") == {**expected, "here": ".here", "it": "..up.it"}
    assert program.imports("/p/none.py") == {}


def test_files_that_cannot_be_read() -> None:
    files = {"/p/bad.py": "def (:\n", "/p/good.py": "x = f(1)\n"}
    program = Program(["/p/bad.py", "/p/good.py", "/p/missing.py"], files.get)
    for path in (*files, "/p/missing.py"):
        where = Location(path, 40, 3, 41, 9)
        assert list(program.origins(where)) == []
        assert program.derives(where, where) is None
        assert (program.definition(where), program.call_at(where), program.function_at(where)) == (None, None, None)
        assert program.assignments_after(where, "x") == ()


def test_characters_are_not_bytes() -> None:
    program, files = _program("ä = float(löss); y = tf.constant(ä)\n")
    chain = program.derives(_at(files, "tf.constant(ä)"), _at(files, "float(löss)"))
    assert chain is not None
    assert chain[-1].location.column == _at(files, "float(löss)").column


def test_time_grows_with_the_program() -> None:
    body = "".join(f"def f{i}(x):\n    y = np.sin(x)\n    for k in range(3):\n        y = y + f{i - 1}(y * k)\n    return y\n" for i in range(1, 400))
    program_text = "def f0(x):\n    return float(x)\n" + body + "y = tf.constant(f399(w))\n"
    started = time.process_time()
    program, files = _program(program_text)
    assert program.derives(_at(files, "tf.constant(f399(w))"), _at(files, "w", occurrence=files["/p/main.py"].count("w") - 1)) is not None
    assert time.process_time() - started < 5


def test_modules_that_import_each_other_or_themselves() -> None:
    program, files = _program("from main import v\nfrom other import u\ny = f(v, u, w)\n", other="from main import u\n")
    assert [s.location.text for s in program.origins(_at(files, "f(v, u, w)"))] == ["f(v, u, w)", "v", "u", "w", "f"]


def test_a_file_named_like_a_standard_module_is_not_it() -> None:
    program, files = _program("y = math.cos(math.factor)\n", math="factor = float(w)\ndef cos(x):\n    return 1\n")
    assert [s.call for s in program.origins(_at(files, "math.cos(math.factor)"))] == ["math.cos", None]
