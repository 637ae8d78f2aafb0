"""What the prefilter lets through: every program with a mistake that we have, and of the rest as little as possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint.checking import TRAIN, Folder
from whygrad.lint.modules import ModuleFinder
from whygrad.lint.prefilter import Prefilter

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted([*ROOT.glob("corpus/*/broken.py"), *ROOT.glob("src/whygrad/causes/*/broken.py")])


def matters(content: str) -> bool:
    return Prefilter(ModuleFinder()).can_matter("/nowhere/a.py", content.encode())


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.parent.name)
def test_every_known_mistake_goes_through(program: Path) -> None:
    assert Prefilter(ModuleFinder()).can_matter(str(program), program.read_bytes())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("import tensorflow as tf\nwith tf.GradientTape() as t: pass", False),  # nobody asks
        ("import tensorflow as tf\nt.gradient(y, x)", True),
        ("import tensorflow as tf\nask = t.jacobian", True),
        ("from tensorflow import gradients", True),
        ("from keras import Model", False),
        ("from keras.losses import Loss\nclass Mine(\n    Loss\n):\n    def call(self, y, p): ...", True),
        ("from keras.losses import Loss\nclass Mine(\n    Loss\n): ...", False),  # nobody uses it, and it computes nothing itself
        ("import keras\nmodel.fit(x, y)", False),  # nobody compiles
        ("import keras\nmodel.fit(x, y)\nclass Mine(keras.Layer):\n    def call(self, x): ...", True),
        ("import keras\ndef apply_gradients(g): ...", False),
        ("from keras.backend import gradients as g", True),
        ("import keras\nx = [gradients(y, x)]", True),
        ("import keras\nopt.apply_gradients(pairs)", True),
        ("import tensorflow as tf\nprint(tf.__version__)", False),
        ("import re, tensorflow\nre.compile('')", False),
        ("import re, tensorflow\nre.compile('')\nmodel.compile('adam')", True),
        ("class Model: pass", False),
        ("x = 1  # whygrad: ignore", True),
        ("# coding: utf-7\nimport +AHQ-ensorflow", True),
        ("# coding: latin-1\nimport os", False),
    ],
)
def test_words(content: str, expected: bool) -> None:
    assert matters(content) == expected


LONG_HEAD = "import tensorflow\n" + "x = 1\n" * 2000


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('def f():\n    """Then model.fit(x)."""\n', False),
        ("# tape.gradient\nx = '\\'.fit' '''\n.fit'''\n", False),
        ('x = "#"; t.gradient(y)', True),
        ("x = \"'''\"; t.gradient(y); '''a'''", True),
        ("x = '\"\"\"' # it's\nt.gradient(y) # it's", True),
        ("r'\\\\'; t.gradient(y); '\\''", True),
        ("print(f'{t.gradient(y)}')", True),
    ],
)
def test_in_a_long_file_only_code_counts(content: str, expected: bool) -> None:
    assert matters(LONG_HEAD + content) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "from lib import *",
        "import os, lib",
        "from . import lib",
        "from lib import tf as T",
        "from .lib import tf",
        "if a:\n    import lib as l",
        "from lib import (\n    a,  # a)\n    b,\n)",
    ],
)
def test_a_library_may_come_by_another_module(folder: Folder, statement: str) -> None:
    folder.write({"lib.py": "from far import tf\n", "far.py": "import tensorflow as tf\n", "a.py": f"{statement}\nt.gradient; cut_here\n"})
    assert len(folder.check("a.py").lines) == 1
    folder.write({"far.py": "import circle\n", "circle.py": "import lib\n"})
    assert folder.check("a.py").lines == []


def test_a_file_that_does_not_matter_is_not_parsed(folder: Folder) -> None:
    folder.write({"a.py": "this is no Python at all\n", "b.py": TRAIN})
    assert folder.check().status == 0
