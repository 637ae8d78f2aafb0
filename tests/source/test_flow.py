"""Where values come from, on small programs: `#>` marks the sink's line, and names in the tables below are texts in the program."""

from __future__ import annotations

import textwrap
import time

import pytest

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


DERIVED = {
    "array_in_constructor": (
        """
        class Line:
            def __init__(self, intercept, slope):
                self.params = np.array([intercept, slope])
            def loss(self, x):
                return tf.reduce_mean(tf.constant(self.params) * x)
        Line(1.0, 2.0).loss(3.0)
        """,
        "tf.constant(self.params)",
        "np.array([intercept, slope])",
        ["tensorflow.constant", "numpy.array"],
    ),
    "list_of_floats_through_a_function": (
        """
        def average(values):
            return np.mean(values)
        losses = []
        for x in range(3):
            loss = tf.square(x)
            losses.append(float(loss))
        total = tf.convert_to_tensor(average(losses))
        """,
        "tf.convert_to_tensor(average(losses))",
        "float(loss)",
        ["tensorflow.convert_to_tensor", "average", "numpy.mean", "float"],
    ),
    "rotation_gate": (
        """
        angles = tf.Variable(tf.ones([2, 3]))
        def ry(theta):
            c, s = math.cos(theta / 2), math.sin(theta / 2)
            return tf.constant(np.array([[c, -s], [s, c]]))
        def circuit():
            for d in range(2):
                for k in range(3):
                    gate = ry(float(angles[d, k]))
            return gate
        """,
        "tf.constant(np.array([[c, -s], [s, c]]))",
        "float(angles[d, k])",
        ["tensorflow.constant", "numpy.array", "math.cos", "float"],
    ),
    "dictionary_entry": (
        "out = {}\nout['l'] = float(loss)\nout['n'] = int(1)\ny = tf.constant(out['l'])\n",
        "tf.constant(out['l'])",
        "float(loss)",
        None,
    ),
    "dictionary_literal": (
        "def f(t):\n    return {'a': t.numpy(), 'b': 2}\ny = tf.constant(f(w)['a'])\n",
        "tf.constant(f(w)['a'])",
        "t.numpy()",
        None,
    ),
    "augmented": ("total = 0\nfor b in batches:\n    total += b.numpy()\ny = tf.constant(total)\n", "tf.constant(total)", "b.numpy()", None),
    "augmented_attribute": (
        "class A:\n    def add(self, v):\n        self.total += v.numpy()\n    def get(self):\n        return tf.constant(self.total)\n",
        "tf.constant(self.total)",
        "v.numpy()",
        None,
    ),
    "comprehension": (
        "y = tf.stack([float(v) for v in values])\n",
        "tf.stack([float(v) for v in values])",
        "float(v)",
        ["tensorflow.stack", "float"],
    ),
    "comprehension_source": ("h = [w.numpy()]\ny = tf.stack([v * 2 for v in h])\n", "tf.stack([v * 2 for v in h])", "w.numpy()", None),
    "zip_and_enumerate": (
        "a = [u.numpy()]\nb = [1.0]\nfor i, (p, q) in enumerate(zip(a, b)):\n    y = tf.constant(p)\n",
        "tf.constant(p)",
        "u.numpy()",
        None,
    ),
    "tuple_from_a_function": (
        "def step(x):\n    return x.numpy(), float(x)\nfirst, second = step(w)\ny = tf.constant(second)\n",
        "tf.constant(second)",
        "float(x)",
        ["tensorflow.constant", "step", "float"],
    ),
    "keyword_argument": ("def f(*, scale=1.0):\n    return tf.constant(scale)\nf(scale=w.numpy())\n", "tf.constant(scale)", "w.numpy()", None),
    "default_argument": ("def f(scale=w.numpy()):\n    return tf.constant(scale)\nf()\n", "tf.constant(scale)", "w.numpy()", None),
    "spread_arguments": (
        "def f(*args, **kw):\n    return tf.constant(args[0] + kw['b'])\nf(1, b=w.numpy())\n",
        "tf.constant(args[0] + kw['b'])",
        "w.numpy()",
        None,
    ),
    "spread_at_the_call": ("def f(a, b):\n    return tf.constant(b)\nv = [1, w.numpy()]\nf(*v)\n", "tf.constant(b)", "w.numpy()", None),
    "lambda": ("f = lambda t: t.numpy()\ny = tf.constant(f(w))\n", "tf.constant(f(w))", "t.numpy()", None),
    "lambda_argument": ("f = lambda t: tf.constant(t)\ny = f(w.numpy())\n", "tf.constant(t)", "w.numpy()", None),
    "map_with_lambda": ("y = tf.constant(list(map(lambda t: float(t), ws)))\n", "tf.constant(list(map(lambda t: float(t), ws)))", "float(t)", None),
    "handed_to_a_library": ("def f(p):\n    return tf.constant(p)\nscipy.optimize.minimize(f, w.numpy())\n", "tf.constant(p)", "w.numpy()", None),
    "closure": (
        "def outer():\n    v = w.numpy()\n    def inner():\n        return tf.constant(v)\n    return inner\n",
        "tf.constant(v)",
        "w.numpy()",
        None,
    ),
    "global": (
        "best = 0\ndef f():\n    global best\n    best = w.numpy()\ndef g():\n    return tf.constant(best)\n",
        "tf.constant(best)",
        "w.numpy()",
        None,
    ),
    "nonlocal": (
        "def o():\n    v = 0\n    def f():\n        nonlocal v\n        v = w.numpy()\n    f()\n    return tf.constant(v)\n",
        "tf.constant(v)",
        "w.numpy()",
        None,
    ),
    "walrus": ("if (n := w.numpy()) > 0:\n    y = tf.constant(n)\n", "tf.constant(n)", "w.numpy()", None),
    "with_as": ("with open_store(w.numpy()) as s:\n    y = tf.constant(s.get())\n", "tf.constant(s.get())", "w.numpy()", None),
    "one_branch": ("v = 1.0\nif flag:\n    v = w.numpy()\ny = tf.constant(v)\n", "tf.constant(v)", "w.numpy()", None),
    "carried_by_a_loop": ("v = 1.0\nfor i in range(3):\n    y = tf.constant(v)\n    v = y.numpy()\n", "tf.constant(v)", "y.numpy()", None),
    "property": (
        "class A:\n    @property\n    def p(self):\n        return self.w.numpy()\ny = tf.constant(A().p)\n",
        "tf.constant(A().p)",
        "self.w.numpy()",
        None,
    ),
    "called_instance": (
        "class L(tf.Module):\n    def __call__(self, x):\n        return x.numpy()\nlayer = L()\ny = tf.constant(layer(w))\n",
        "tf.constant(layer(w))",
        "x.numpy()",
        None,
    ),
    "layer_in_attribute": (
        """
        class L(tf.keras.layers.Layer):
            def call(self, x):
                return x.numpy()
        class M(tf.keras.Model):
            def __init__(self):
                self.inner = L()
            def call(self, x):
                return tf.constant(self.inner(x))
        """,
        "tf.constant(self.inner(x))",
        "x.numpy()",
        None,
    ),
    "inherited_constructor": (
        "class A:\n    def __init__(self, v):\n        self.v = v\nclass B(A):\n    def f(self):\n        return tf.constant(self.v)\nB(w.numpy())\n",
        "tf.constant(self.v)",
        "w.numpy()",
        None,
    ),
    "dataclass": (
        "@dataclass\nclass C:\n    a: float\n    b: float\nc = C(1.0, w.numpy())\ny = tf.constant(c.b)\n",
        "tf.constant(c.b)",
        "w.numpy()",
        None,
    ),
    "wrapped_function": ("def f(x):\n    return x.numpy()\ng = tf.function(f)\ny = tf.constant(g(w))\n", "tf.constant(g(w))", "x.numpy()", None),
    "filled_by_a_helper": (
        "def log(store, v):\n    store.append(v)\nh = []\nlog(h, w.numpy())\ny = tf.constant(h)\n",
        "tf.constant(h)",
        "w.numpy()",
        None,
    ),
    "alias_of_an_attribute": (
        "class A:\n    def f(self, t):\n        m = self.memory\n        m.append(t.numpy())\n    def g(self):\n        tf.stack(self.memory)\n",
        "tf.stack(self.memory)",
        "t.numpy()",
        None,
    ),
    "generator": ("def g():\n    for t in ts:\n        yield t.numpy()\ny = tf.constant(list(g()))\n", "tf.constant(list(g()))", "t.numpy()", None),
    "star_import": (
        "from math import *\ny = tf.constant(cos(float(w)))\n",
        "tf.constant(cos(float(w)))",
        "float(w)",
        ["tensorflow.constant", "math.cos", "float"],
    ),
    "async": (
        "async def f(t):\n    return t.numpy()\nasync def g():\n    v = await f(w)\n    return tf.constant(v)\n",
        "tf.constant(v)",
        "t.numpy()",
        None,
    ),
}

NOT_DERIVED = {
    "only_printed": ("print(float(loss))\ny = tf.constant(1.0)\n", "tf.constant(1.0)", "float(loss)"),
    "printed_then_used": ("print(float(loss))\ny = tf.square(loss)\n", "tf.square(loss)", "float(loss)"),
    "only_a_condition": ("if float(loss) > 1:\n    v = 2.0\nelse:\n    v = 3.0\ny = tf.constant(v)\n", "tf.constant(v)", "float(loss)"),
    "condition_of_a_choice": ("y = tf.constant(2.0 if float(loss) > 1 else 3.0)\n", "tf.constant(2.0 if float(loss) > 1 else 3.0)", "float(loss)"),
    "overwritten": ("v = float(loss)\nv = 2.0\ny = tf.constant(v)\n", "tf.constant(v)", "float(loss)"),
    "assigned_later": ("v = 2.0\ny = tf.constant(v)\nv = float(loss)\n", "tf.constant(v)", "float(loss)"),
    "overwritten_in_a_with": ("v = float(loss)\nwith tf.GradientTape() as tape:\n    v = 2.0\ny = tf.constant(v)\n", "tf.constant(v)", "float(loss)"),
    "reset_in_the_loop": ("for i in range(3):\n    v = 1.0\n    y = tf.constant(v)\n    v = y.numpy()\n", "tf.constant(v)", "y.numpy()"),
    "list_made_anew": ("h = []\nh.append(float(loss))\nh = []\ny = tf.constant(h)\n", "tf.constant(h)", "float(loss)"),
    "other_branch": ("if flag:\n    v = float(loss)\nelse:\n    v = 1.0\n    y = tf.constant(v)\n", "tf.constant(v)", "float(loss)"),
    "other_list": ("a, b = [], []\na.append(float(loss))\nb.append(1.0)\ny = tf.constant(b)\n", "tf.constant(b)", "float(loss)"),
    "other_element": ("def f(x):\n    return float(x), 1.0\nu, v = f(w)\ny = tf.constant(v)\n", "tf.constant(v)", "float(x)"),
    "other_entry": ("d = {}\nd['a'] = float(w)\nd['b'] = 1.0\ny = tf.constant(d['b'])\n", "tf.constant(d['b'])", "float(w)"),
    "other_of_two_calls": (
        "def same(v):\n    return v\nn = same(float(loss))\ny = tf.constant(same(2.0))\n",
        "tf.constant(same(2.0))",
        "float(loss)",
    ),
    "argument_not_returned": (
        "def f(v):\n    print(v)\n    return 1.0\ny = tf.constant(f(float(loss)))\n",
        "tf.constant(f(float(loss)))",
        "float(loss)",
    ),
    "only_its_length": ("y = tf.zeros(len(loss.numpy()))\n", "tf.zeros(len(loss.numpy()))", "loss.numpy()"),
    "only_its_shape": ("y = tf.zeros(np.shape(loss.numpy()))\n", "tf.zeros(np.shape(loss.numpy()))", "loss.numpy()"),
    "counter": ("for i, v in enumerate(loss.numpy()):\n    y = tf.constant(i)\n", "tf.constant(i)", "loss.numpy()"),
    "other_of_zip": ("for a, b in zip(loss.numpy(), [1.0]):\n    y = tf.constant(b)\n", "tf.constant(b)", "loss.numpy()"),
    "same_name_in_another_function": (
        "def f():\n    v = float(loss)\ndef g():\n    v = 1.0\n    return tf.constant(v)\n",
        "tf.constant(v)",
        "float(loss)",
    ),
    "other_attribute": (
        "class A:\n    def f(self, t):\n        self.a = float(t)\n        self.b = 1.0\n        return tf.constant(self.b)\n",
        "tf.constant(self.b)",
        "float(t)",
    ),
}


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
    assert inside.unread == {"y_true", "unused"}
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
