"""The rules of the house, read from the source: small pieces, imports only downwards, TensorFlow in few files, an honest `__all__`."""

from __future__ import annotations

import ast
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import house

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
MODULES = house.modules(SOURCE)
OTHERS = tuple(house.load(p, ROOT) for d in ("tests", "tools", "bench") for p in sorted((ROOT / d).rglob("*.py")))
NAMES = frozenset(m.name for m in MODULES)
NAMED = pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)

# From the ground up. A part imports itself and what stands on lower floors, never a neighbour on its own floor.
FLOORS = (
    {"dataclass", "plain_json", "syntax", "words"},  # what Python has as well, in a form that takes less time to import
    {"_version", "errors", "model", "samples"},
    {"catalogue", "config", "evidence", "exits", "imports", "recording", "source", "standard_error", "target"},
    {"repairs"},  # they write what the catalogue has
    {"causes", "notebook", "program", "record"},
    {"render"},
    {"analyse", "health", "lint"},
    {"api"},
    {"launch"},
    {"fix", "plugins"},
    {"cli"},
    {"__main__", ""},  # the package root: public names, which nobody inside imports
)
FLOOR = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
TENSORFLOW = {"tensorflow", "keras", "tf_keras"}
MAY_IMPORT_TENSORFLOW = ("whygrad.record.hooks", "whygrad.record.optypes", "whygrad.health.", "whygrad.plugins.")
FORBIDDEN_NAMES = {"utils", "util", "common", "core", "helpers", "types", "manager", "handler", "misc"}
MUST_STAY_LIGHT = ("whygrad", "whygrad.cli", "whygrad.analyse", "whygrad.render", "whygrad.causes", "whygrad.launch")


def part(name: str) -> str:
    """`whygrad.render.json` -> `render`; the root -> the empty string."""
    return name.split(".")[1] if "." in name else ""


def too_long(module: house.Module, limit: int) -> list[str]:
    long = [(f, n) for f, n in house.functions(module) if n > limit and not house.excused(module, f.lineno)]
    return [f"{module.path.name}:{f.lineno} {f.name}: {n} lines" for f, n in long]


def upward(module: house.Module) -> list[str]:
    """The imports of a module that point upwards, sideways, or at the package root."""
    own = part(module.name)
    ours = sorted(n for n in house.imports(module, NAMES) if n.split(".")[0] == "whygrad")
    return [n for n in ours if part(n) != own and FLOOR.get(part(n), -1) >= FLOOR[own]] + [n for n in ours if n == "whygrad" and own]


@pytest.mark.parametrize("module", MODULES + OTHERS, ids=lambda m: str(m.path.relative_to(ROOT)))
def test_functions_and_files_are_short(module: house.Module) -> None:
    assert not too_long(module, 50)
    assert len(module.lines) <= 300 or any(house.REASON.search(line) for line in module.lines[:10]), f"{len(module.lines)} lines"


def test_most_functions_are_very_short() -> None:
    sizes = sorted(n for m in MODULES for _, n in house.functions(m))
    assert statistics.median(sizes) <= 8
    assert sizes[int(len(sizes) * 0.9)] <= 25


@NAMED
def test_a_module_opens_with_what_it_is(module: house.Module) -> None:
    assert ast.get_docstring(module.tree), "the first statement is a docstring: what comes in, what goes out"


@NAMED
def test_names_say_something(module: house.Module) -> None:
    assert module.path.stem not in FORBIDDEN_NAMES
    assert module.path.parent.name not in FORBIDDEN_NAMES


@NAMED
def test_imports_point_downwards(module: house.Module) -> None:
    assert part(module.name) in FLOOR, f"give {part(module.name)!r} a floor in FLOORS"
    assert not upward(module)


def test_imports_have_no_circle() -> None:
    graph = {m.name: house.imports(m, NAMES, lazy=False) & NAMES for m in MODULES}
    assert not house.cycle(graph)


@NAMED
def test_tensorflow_is_imported_in_few_places(module: house.Module) -> None:
    found = {n.split(".")[0] for n in house.imports(module, NAMES) | house.imported_by_name(module)} & TENSORFLOW
    assert not found or module.name.startswith(MAY_IMPORT_TENSORFLOW), f"{module.name} imports {sorted(found)}"


@NAMED
def test_all_names_what_is_exported(module: house.Module) -> None:
    names = house.exported(module)
    if module.name == "whygrad":
        assert names is not None, "the package root declares __all__"
    if names is not None:
        assert names - house.borrowed(module) <= house.public(module) <= names


def test_the_rules_can_fail(tmp_path: Path) -> None:
    folder = tmp_path / "whygrad" / "model"
    folder.mkdir(parents=True)
    body = "\n".join(f"    x = {i}" for i in range(51))
    (folder / "bad.py").write_text(f'__all__ = ["gone"]\nimport whygrad\nfrom whygrad import api\nimport tensorflow as tf\ndef long():\n{body}\n')
    bad = house.load(folder / "bad.py", tmp_path)
    assert too_long(bad, 50) == ["bad.py:5 long: 52 lines"]
    assert upward(bad) == ["whygrad", "whygrad.api", "whygrad"]
    assert house.imports(bad, NAMES) & TENSORFLOW
    assert house.exported(bad) != house.public(bad)
    assert house.cycle({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"b"})}) == ("b", "c", "b")
    assert not house.cycle({"a": frozenset({"b", "c"}), "b": frozenset({"c"})})


def heavy_after(statements: str) -> set[str]:
    """Run the statements in a fresh interpreter; the heavy packages that they brought in."""
    program = f"{statements}\nimport sys\nprint(*sorted({{'tensorflow', 'keras', 'numpy', 'rich', 'jinja2'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    return set(done.stdout.split())


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    light = [name for name in MUST_STAY_LIGHT if name in NAMES]
    assert heavy_after("\n".join(f"import {name}" for name in light)) == set()


def test_the_test_for_heavy_imports_can_fail() -> None:
    assert "numpy" in heavy_after("import numpy")


@pytest.mark.parametrize(("left", "status"), [("'op callback'", 1), ("", 0)])
def test_the_guard_against_forgotten_hooks_bites(tmp_path: Path, left: str, status: int) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    program = f"""
        import sys, types
        hooks = types.ModuleType("whygrad.record.hooks")
        hooks.on = []
        hooks.installed = lambda: hooks.on
        sys.modules[hooks.__name__] = hooks
        def test_that_forgets():
            hooks.on = [{left}]
        def test_after_it():
            pass
    """
    (tmp_path / "test_sample.py").write_text("\n".join(line[8:] for line in program.splitlines()))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
    assert done.returncode == status, done.stdout
    assert ("1 error" in done.stdout) == bool(status), "only the test that forgot is to blame"
