"""Callbacks come right after the module was executed, whoever imports it and however, and the program cannot tell."""

from __future__ import annotations

import importlib
import importlib.resources
import importlib.util
import pickle
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from launch.both import PYTHON
from whygrad.imports import ImportWatch


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path; what is imported from it is forgotten afterwards."""
    (tmp_path / "lib").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    before, finders = set(sys.modules), list(sys.meta_path)
    yield tmp_path / "lib"
    for name in set(sys.modules) - before:
        del sys.modules[name]
    assert sys.meta_path == finders, "no finder left behind"


class Seen:
    def __init__(self) -> None:
        self.modules: list[ModuleType] = []
        self.failures: list[BaseException] = []
        self.watch = ImportWatch(self.failures.append)


@pytest.fixture
def seen(folder: Path) -> Iterator[Seen]:
    seen = Seen()
    yield seen
    seen.watch.forget_all()


def test_called_after_execution_once_for_each_callback(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("import two\nvalue = 1")
    (folder / "two.py").write_text("value = 2")
    values: list[Any] = []
    for name in ("one", "two", "one"):
        seen.watch.when_imported(name, lambda module: values.append((module.__name__, module.value)))
    import one  # type: ignore[import-not-found]

    assert values == [("two", 2), ("one", 1), ("one", 1)]
    assert one is sys.modules["one"]


def test_called_at_once_for_a_loaded_module(seen: Seen) -> None:
    seen.watch.when_imported("json", seen.modules.append)
    assert seen.modules == [sys.modules["json"]]


def test_other_modules_and_lookups_do_not_call(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("")
    (folder / "other.py").write_text("")
    seen.watch.when_imported("one", seen.modules.append)
    seen.watch.when_imported("no_such_module_anywhere", seen.modules.append)
    importlib.import_module("other")
    assert importlib.util.find_spec("one") is not None
    assert importlib.util.find_spec("no_such_module_anywhere") is None
    assert seen.modules == []


def test_module_looks_as_without_us(folder: Path, seen: Seen) -> None:
    (folder / "pack").mkdir()
    (folder / "pack" / "__init__.py").write_text("class A: pass")
    (folder / "pack" / "data.txt").write_text("text")
    seen.watch.when_imported("pack", seen.modules.append)
    pack = importlib.import_module("pack")
    loader = pack.__loader__
    assert seen.modules == [pack]
    assert type(loader) is SourceFileLoader
    assert vars(loader) == {"name": "pack", "path": str(folder / "pack" / "__init__.py")}
    assert pack.__spec__ is not None
    assert pack.__spec__.loader is loader
    assert importlib.util.find_spec("pack") is pack.__spec__
    assert importlib.resources.files("pack").joinpath("data.txt").read_text() == "text"
    assert isinstance(pickle.loads(pickle.dumps(pack.A())), pack.A)


def test_loader_of_a_lookup_can_be_used_by_hand_and_pickled(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("value = 1")
    seen.watch.when_imported("one", seen.modules.append)
    spec = importlib.util.find_spec("one")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    pickle.loads(pickle.dumps(spec.loader)).exec_module(module)
    assert (module.value, seen.modules) == (1, [])
    spec.loader.exec_module(module)
    assert seen.modules == [module]


def test_lazy_loader(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("value = 1")
    seen.watch.when_imported("one", seen.modules.append)
    spec = importlib.util.find_spec("one")
    assert spec is not None
    assert spec.loader is not None
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules["one"] = module
    spec.loader.exec_module(module)
    assert seen.modules == []
    assert module.value == 1
    assert seen.modules == [module]


def test_called_again_after_reload_and_after_a_second_import(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("")
    seen.watch.when_imported("one", seen.modules.append)
    first = importlib.import_module("one")
    assert importlib.reload(first) is first
    del sys.modules["one"]
    second = importlib.import_module("one")
    assert seen.modules == [first, first, second]


def test_called_with_what_the_module_put_in_its_place(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("import sys, types\nsys.modules[__name__] = types.SimpleNamespace(mine=1)")
    seen.watch.when_imported("one", seen.modules.append)
    assert importlib.import_module("one").mine == 1
    assert seen.modules == [sys.modules["one"]]


def test_modules_of_one_zip_file_share_a_loader(folder: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.writestr("outer.py", "import plain_one, inner, plain_two")
        for name in ("inner", "plain_one", "plain_two"):
            archive.writestr(f"{name}.py", "")
    monkeypatch.syspath_prepend(str(folder / "z.zip"))
    for name in ("outer", "inner"):
        seen.watch.when_imported(name, seen.modules.append)
    outer = importlib.import_module("outer")
    assert [module.__name__ for module in seen.modules] == ["inner", "outer"]
    assert "exec_module" not in vars(outer.__loader__)


def test_failing_callback_reaches_the_reporter_and_nobody_else(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("")
    error = ValueError("of ours")

    def fail(module: ModuleType) -> None:
        raise error

    seen.watch.when_imported("one", fail)
    seen.watch.when_imported("one", seen.modules.append)
    importlib.import_module("one")
    assert seen.failures == [error]
    assert len(seen.modules) == 1


def test_failing_module_is_not_called_and_can_be_imported_later(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("1/0")
    seen.watch.when_imported("one", seen.modules.append)
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("one")
    assert seen.modules == []
    (folder / "one.py").write_text("value = 'longer than before'")
    importlib.invalidate_caches()
    assert seen.modules == [importlib.import_module("one")]


def test_nothing_is_called_after_forget_all(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("")
    seen.watch.when_imported("one", seen.modules.append)
    spec = importlib.util.find_spec("one")
    assert spec is not None
    seen.watch.forget_all()
    seen.watch.forget_all()
    importlib.import_module("one")
    assert seen.modules == []


def test_two_watches_do_not_disturb_each_other(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text("")
    other = Seen()
    seen.watch.when_imported("one", seen.modules.append)
    other.watch.when_imported("one", other.modules.append)
    module = importlib.import_module("one")
    other.watch.forget_all()
    assert seen.modules == other.modules == [module]
    assert "exec_module" not in vars(module.__loader__)


def test_asked_in_another_thread_during_the_import_it_waits_for_the_end(folder: Path, seen: Seen) -> None:
    (folder / "one.py").write_text(
        "import threading_gate\nthreading_gate.inside.set()\nassert threading_gate.asked.wait(9)\nimport time; time.sleep(.1); done = 1"
    )
    (folder / "threading_gate.py").write_text("import threading\ninside, asked = threading.Event(), threading.Event()")
    gate = importlib.import_module("threading_gate")
    importer = threading.Thread(target=importlib.import_module, args=("one",))
    importer.start()
    assert gate.inside.wait(9)
    gate.asked.set()
    seen.watch.when_imported("one", lambda module: seen.modules.append(module.done))
    importer.join()
    assert seen.modules == [1]


def test_asked_from_inside_the_import_it_says_so(folder: Path, seen: Seen) -> None:
    (folder / "gate.py").write_text("")
    (folder / "one.py").write_text("import gate; gate.ask()")
    gate: Any = importlib.import_module("gate")
    gate.ask = lambda: seen.watch.when_imported("one", seen.modules.append)
    importlib.import_module("one")
    assert seen.modules == []
    assert [str(failure) for failure in seen.failures] == ["asked to watch one from inside its own import; it is not watched"]


def test_many_threads_import_at_once(folder: Path, seen: Seen) -> None:
    names = [f"many{n}" for n in range(20)]
    for name in names:
        (folder / f"{name}.py").write_text("")
    for name in names:
        seen.watch.when_imported(name, seen.modules.append)
    threads = [threading.Thread(target=importlib.import_module, args=(name,)) for name in names * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(module.__name__ for module in seen.modules) == sorted(names)


@pytest.mark.parametrize("source", ["1/0", "import no_such_module", "x = = 1", "from json import nothing"])
def test_traceback_of_a_failing_import_is_the_same(source: str, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(source)
    watch = "from whygrad.imports import ImportWatch; ImportWatch(print).when_imported('one', print)"

    def traceback(first_line: str) -> str:
        (tmp_path / "program.py").write_text(f"{first_line}\nimport one\n")
        done = subprocess.run([PYTHON, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr

    assert traceback(watch) == traceback("pass")
