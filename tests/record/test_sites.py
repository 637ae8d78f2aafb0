"""Which code is the user's, and which expression an instruction belongs to: on plain code and on odd files."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import textwrap
import types
from pathlib import Path

import pytest

import whygrad
from whygrad.model import Location
from whygrad.record import sites

SRC = Path(sites.OWN_FOLDER).parent
PROBES = """
def probe(value=0, *rest, **named):
    import sys
    frame = sys._getframe(1)
    seen.append((frame.f_code, frame.f_lasti))
    return Anything()
class Anything:
    bar = property(lambda self: self)
    def __call__(self, *a, **k): return self
    def go(self, *a, **k): return probe_from(self)
    def __add__(self, other): return probe_from(self)
    def __iadd__(self, other): return probe_from(self)
    def __getitem__(self, key): return probe_from(self)
    def __lt__(self, other): return probe_from(self)
    def __neg__(self): return probe_from(self)
    def __bool__(self): probe_from(self); return False
    def __iter__(self): probe_from(self); return iter(())
    def __enter__(self): return probe_from(self)
    def __exit__(self, *a): return None
def probe_from(value):
    import sys
    frame = sys._getframe(2)
    seen.append((frame.f_code, frame.f_lasti))
    return value
"""
NOTED = pytest.mark.skipif(sys.version_info < (3, 11), reason="3.10 notes no columns")


def _code(filename: str) -> types.CodeType:
    return compile("pass", filename, "exec")


def _run(path: Path, source: str, encoding: str = "utf-8") -> list[Location]:
    """Write and run a program that calls `probe`, or an operator of `a`; one Location for each."""
    text = textwrap.dedent(source)
    path.write_bytes(text.encode(encoding))
    names: dict[str, object] = {"seen": []}
    exec(compile(PROBES, "probe.py", "exec"), names)
    names["a"] = names["Anything"]()  # type: ignore[operator]
    exec(compile(path.read_bytes(), str(path), "exec"), names)
    return [sites.resolve(code, lasti) for code, lasti in names["seen"]]  # type: ignore[attr-defined]


def _texts(path: Path, source: str) -> list[str]:
    return [location.text for location in _run(path, source)]


def _python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SRC), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)


USER = ["/home/me/train.py", "<stdin>", "<string>", "<ipython-input-3-abc>", "<python-input-0>", "/tmp/ipykernel_12/99.py"]
USER += ["/tmp/__autograph_generated_filex1.py"]
USER += [os.path.join(sys.prefix, "project", "train.py"), os.path.join(sites.OWN_FOLDER, "causes", "gradient-stopped", "broken.py")]
NOT_USER = ["<frozen importlib._bootstrap>", "<__array_function__ internals>", "<decorator-gen-7>"]
NOT_USER += ["/x/lib/python3.11/site-packages/pkg/a.py", "/usr/lib/python3/dist-packages/a.py"]
NOT_USER += [textwrap.__file__, os.path.join(sysconfig.get_path("stdlib"), "asyncio", "x.py"), sites.__file__, whygrad.__path__[0] + "/new.py"]


@pytest.mark.parametrize("name", USER)
def test_code_of_the_user(name: str) -> None:
    assert sites.is_user_code(_code(name))
    assert sites.is_user_code(_code(name))  # the remembered answer


@pytest.mark.parametrize("name", NOT_USER)
def test_code_of_somebody_else(name: str) -> None:
    assert not sites.is_user_code(_code(name))
    assert not sites.is_user_code(_code(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("tensorflow_probability/a.py", True), ("single.py", True), ("tensorflow/python/a.py", False), ("keras/a.py", False), ("numpy/a.py", False)],
)
def test_library_code(name: str, expected: bool) -> None:
    assert sites.is_library_code(_code("/venv/lib/python3.11/site-packages/" + name)) is expected


def test_project_code_is_no_library() -> None:
    assert not sites.is_library_code(_code("/home/me/train.py"))
    assert not sites.is_library_code(_code("<stdin>"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1 + len([probe(3)])", "probe(3)"),
        ("x = [probe(0), probe(value=1)][1:]", "probe(0) | probe(value=1)"),
        ("x = (a + 1).bar", "a + 1"),
        ("a += 1", "a += 1"),
        ("x = str(a[0, 1])", "a[0, 1]"),
        ("x = (a < 3, -a)", "a < 3 | -a"),
        ("f = lambda: probe(1); f(); probe(2)", "probe(1) | probe(2)"),
        ("x = [probe(i) for i in range(1)]", "probe(i)"),
        ("x = a.go(1, k=2)", "a.go(1, k=2)"),
        ("x = probe(\n    1,\n    2,\n)", "probe(\n    1,\n    2,\n)"),
        ("x = (a.bar\n     .go(4))", "a.bar\n     .go(4)"),
        pytest.param("@probe\ndef f():\n    pass", "probe", marks=NOTED),
    ],
)
def test_the_exact_expression(tmp_path: Path, line: str, expected: str) -> None:
    found = " | ".join(_texts(tmp_path / "program.py", line))
    if sys.version_info < (3, 11) and found != expected:
        assert expected.split(" | ")[0] in found  # `executing` may know the statement only
    else:
        assert found == expected


def test_iteration_and_with(tmp_path: Path) -> None:
    source = "for x in a:\n    pass\nwith a as b:\n    pass\nif a:\n    x = 1\n    y = 2\n"
    found = _texts(tmp_path / "program.py", source)
    assert [text.removeprefix("for x in ").removeprefix("with ").removeprefix("if ")[:1] for text in found] == ["a"] * 3


def test_columns_are_characters(tmp_path: Path) -> None:
    (found,) = _run(tmp_path / "program.py", "ä = 'ééé'; x = [ä, probe('ü')]\n")
    assert (found.line, found.column, found.end_column, found.text) == (1, 20, 30, "probe('ü')")


def test_declared_encoding(tmp_path: Path) -> None:
    (found,) = _run(tmp_path / "program.py", "# coding: latin-1\nx = ['é', probe('é')]\n", "latin-1")
    assert (found.line, found.column, found.text) == (2, 11, "probe('é')")
    assert found.source == ("x = ['é', probe('é')]",)


def test_span_of_many_lines(tmp_path: Path) -> None:
    (found,) = _run(tmp_path / "program.py", "x = [probe(\n" + "    1,\n" * 20 + ")]\n")
    assert (found.line, found.column, found.end_line, found.end_column) == (1, 6, 22, 2)
    assert len(found.source) == 8
    assert found.source[0] == "x = [probe("


def test_function_name(tmp_path: Path) -> None:
    source = "class A:\n    async def m(self):\n        return probe()\ntry:\n    A().m().send(None)\nexcept StopIteration:\n    pass\nprobe()\n"
    inside, outside = _run(tmp_path / "program.py", source)
    assert inside.function == ("A.m" if sys.version_info >= (3, 11) else "m")
    assert outside.function == "<module>"


def test_missing_file() -> None:
    code = compile("x = 1\ny = 2\n", "/nowhere/gone.py", "exec")
    found = sites.resolve(code, 8)
    assert (found.path, found.text, found.source) == ("/nowhere/gone.py", "", ())
    assert found.line in (1, 2)


def test_file_that_is_shorter_than_its_code(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text("x = 1\n")
    found = sites.resolve(compile("\n" * 9 + "y = 2\n", str(path), "exec"), 4)
    assert (found.line, found.text) == (10, "")


def test_file_that_does_not_parse(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text("%matplotlib inline\ny = int(2)\n")
    code = compile("\ny = int(2)\n", str(path), "exec")
    assert sites.resolve(code, -1).source == ("%matplotlib inline",)
    assert "int(2)" in sites.resolve(code, 10).text


def test_nonsense_never_raises() -> None:
    for lasti in (-1, 0, 7, 10**6):
        assert sites.resolve(_nonsense, lasti).path == "<string>"


_nonsense = compile("f(g(x))", "<string>", "exec")


@NOTED
def test_without_column_information(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    lines = ["import sys", "from whygrad.record import sites", "def f():", "    g = sys._getframe(1)"]
    lines += ["    print(sites.resolve(g.f_code, g.f_lasti).text)", "x = [", "    f(),", "]", ""]
    program.write_text("\n".join(lines))
    done = _python(tmp_path, "-X", "no_debug_ranges", "program.py")
    assert done.stdout == "x = [\n    f(),\n]\n"


def test_relative_path_after_chdir(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "program.py").write_text("x = 1\n")
    (tmp_path / "run.py").write_text("import whygrad.source.text as t, os\nos.chdir('elsewhere')\nprint(t.real_path('program.py'))\n")
    done = _python(tmp_path, "run.py")
    assert Path(done.stdout.strip()).resolve() == (tmp_path / "program.py").resolve()
