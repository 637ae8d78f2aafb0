"""What a notebook sees: cells run by a real kernel; and what is done where the shell is an odd one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from whygrad import notebook
from whygrad.model import Location
from whygrad.render.paths import spot

CELLS = (
    "import tensorflow as tf\n%load_ext whygrad\nw = tf.Variable([1.0, 2.0])",
    """def ask(loss):
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(loss(w))
    return tape.gradient(value, w)
w.assign_sub(ask(tf.round))""",
    "undefined",
    "def floors(w):\n    return tf.floor(w)\n\nw.assign_sub(ask(floors))",
    "w.assign_sub(ask(tf.round))",
    "%unload_ext whygrad\nw.assign_sub(ask(tf.round))",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a person reads under each cell, where it failed."""
    command = [sys.executable, str(Path(__file__).with_name("run_notebook.py")), str(tmp_path_factory.mktemp("notebook"))]
    done = subprocess.run(command, input=json.dumps(CELLS), capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    shown: list[str] = json.loads(done.stdout)
    return shown


class Compiler:
    def format_code_name(self, name: str) -> tuple[str, str] | None:
        return ("Cell", "In[3]") if name.startswith("/tmp/ipykernel_") else None


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Any:
    found = SimpleNamespace(compile=Compiler())
    module: Any = ModuleType("IPython")
    module.get_ipython = lambda: found
    monkeypatch.setitem(sys.modules, "IPython", module)
    return found


def test_a_cell_that_runs_is_called_as_in_tracebacks(shell: Any) -> None:
    assert spot(Location("/tmp/ipykernel_7/123.py", 4, 9, 4, 12)) == "cell In[3], line 4:9"
    assert spot(Location("/elsewhere/helper.py", 4, 9, 4, 12)) == "/elsewhere/helper.py:4:9"


def test_where_nothing_can_be_asked_the_path_is_shown(shell: Any) -> None:
    del shell.compile
    assert spot(Location("/tmp/ipykernel_7/123.py", 4, 9, 4, 12)) == "/tmp/ipykernel_7/123.py:4:9"


def test_a_handler_of_the_users_stays(shell: Any) -> None:
    shell.custom_exceptions = (KeyError,)
    shell.set_custom_exc = lambda *_: pytest.fail("it was replaced")
    notebook.attach(lambda error: None)()


@pytest.mark.slow
@pytest.mark.tensorflow
def test_an_exception_carries_what_it_is_about(told: list[str]) -> None:
    assert [text.rstrip().rpartition("whygrad explain ")[2] == "non-differentiable-op" for text in told] == [False, True, False, True, True, False]
    assert "NameError" in told[2]
    assert "error[non-differentiable-op] proven: `tf.floor(w)` has no gradient" in told[3], "only what is new"
    assert "`loss(w)`" in told[4]
    assert "tf.floor" not in told[4], "only what this exception is about"
    assert "whygrad explain" not in told[5]


@pytest.mark.slow
@pytest.mark.tensorflow
def test_cells_are_called_as_in_the_traceback(told: list[str]) -> None:
    assert "--> cell In[4], line 2:12 in floors\n  2 |     return tf.floor(w)\n" in told[3]
    assert "Cell In[4], line 4" in told[3]
    assert "ipykernel" not in told[3].partition("whygrad:")[2]
