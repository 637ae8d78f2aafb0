"""What a notebook sees: IPython is stood in for by a shell with the few attributes of it that are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from whygrad import notebook
from whygrad.model import Location
from whygrad.render.paths import spot

SESSION = """
import sys
from types import ModuleType
import whygrad

class Shell:
    custom_exceptions, handler = (), None
    def set_custom_exc(self, kinds, handler):
        self.custom_exceptions, self.handler = kinds, handler
    def showtraceback(self, error, tb_offset=None):
        print("|", type(error[1]).__name__, *getattr(error[1], "__notes__", ()))
    def run(self, code):
        try:
            exec(code, globals())
        except Exception as error:
            (self.handler or (lambda shell, *rest: shell.showtraceback(rest)))(self, *sys.exc_info())

shell = Shell()
sys.modules["IPython"] = ModuleType("IPython")
sys.modules["IPython"].get_ipython = lambda: shell
whygrad.load_ipython_extension(shell)
shell.run(compile('''
import tensorflow as tf
w = tf.Variable([1.0, 2.0])
def ask(loss):
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(loss(w))
    return tape.gradient(value, w)
def floors(w): return tf.floor(w)
''', "first", "exec"))
shell.run("w.assign_sub(ask(tf.round))")
shell.run("undefined")
shell.run("w.assign_sub(ask(floors))")
shell.run("w.assign_sub(ask(tf.round))")
whygrad.unload_ipython_extension(shell)
shell.run("w.assign_sub(ask(tf.round))")
"""


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


def test_an_exception_carries_what_it_is_about(tmp_path: Path) -> None:
    program = tmp_path / "session.py"
    program.write_text(SESSION, encoding="utf-8")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True, timeout=120)
    told = [part.split("whygrad explain")[0] for part in done.stdout.split("| ")[1:]]
    assert ["Error" in part.split()[0] for part in told] == [True] * 5
    assert "whygrad" in told[0] and "`tf.round`" not in told[1]
    assert [name for name in ("Round", "Floor") for part in told[:1] if f"op {name}" in part] == ["Round"]
    assert told[1].strip() == "NameError"
    assert "`tf.floor(w)`" in told[2]
    assert "whygrad:" not in told[4]
