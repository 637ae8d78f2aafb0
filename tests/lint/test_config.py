"""`[tool.whygrad]`: what it selects, where it is found, and what is refused."""

from __future__ import annotations

import pytest

from lint.checking import TRAIN, Folder
from whygrad.config import matches

CUT = TRAIN + "cut_here\n"


def toml(text: str) -> dict[str, str]:
    return {"pyproject.toml": f"[tool.whygrad]\n{text}\n"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ["a.py", "gen/b.py", "tests/deep/c.py"]),
        ('ignore = ["outside-tape"]', []),
        ('select = ["wrong-tape"]', []),
        ('select = ["outside-tape"]', ["a.py", "gen/b.py", "tests/deep/c.py"]),
        ('exclude = ["gen"]', ["a.py", "tests/deep/c.py"]),
        ('exclude = ["gen/", "a.*"]', ["tests/deep/c.py"]),
        ('exclude = ["tests/*/c.py", "/gen/b.py"]', ["a.py"]),
        ('per-file-ignores = {"tests/**" = ["outside-tape"], "gen/*" = ["wrong-tape"]}', ["a.py", "gen/b.py"]),
    ],
)
def test_settings(folder: Folder, text: str, left: list[str]) -> None:
    folder.write({"a.py": CUT, "gen/b.py": CUT, "tests/deep/c.py": CUT, **toml(text)})
    assert [line.partition(":")[0] for line in folder.check().lines] == left


def test_the_command_line_adds_to_it(folder: Folder) -> None:
    folder.write({"a.py": CUT, "b.py": CUT, **toml('select = ["wrong-tape"]\nexclude = ["b.py"]')})
    assert folder.check("--select", "outside-tape").lines == ["a.py:2:1: cut_here found [outside-tape]"]
    assert folder.check("--select", "outside-tape", "b.py").lines == []  # as pre-commit names files
    assert folder.check("--select", "outside-tape", "--exclude", "*.py").lines == []


def test_the_nearest_counts(folder: Folder) -> None:
    folder.write({**toml('ignore = ["outside-tape"]'), "a.py": CUT, "in/pyproject.toml": "[tool.whygrad]\n", "in/b.py": CUT})
    folder.write({"other/pyproject.toml": "[project]\nname = 'whygrad-user'\n[tool.ruff]\n", "other/c.py": CUT})
    assert folder.check().lines == ["in/b.py:2:1: cut_here found [outside-tape]"]


@pytest.mark.parametrize(
    "text",
    [
        '[tool]\nwhygrad = {ignore = ["outside-tape"]}',
        '[ tool ]\n[tool.whygrad]\nignore = ["outside-tape"]',
        'tool.whygrad.ignore = ["outside-tape"]',
        '[tool."whygrad"]\nignore = ["outside-tape"]',
        '[ tool . whygrad ]\nignore = ["outside-tape"]',
    ],
)
def test_the_section_in_any_spelling(folder: Folder, text: str) -> None:
    folder.write({"a.py": CUT, "pyproject.toml": text})
    assert folder.check().status == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slect = []", "[tool.whygrad] has no key 'slect'; did you mean select?"),
        ("xyzzy = []", "[tool.whygrad] has no key 'xyzzy'; known: exclude, ignore, per-file-ignores, select"),
        ('ignore = ["outsidetape"]', "ignore in [tool.whygrad] names 'outsidetape', which is no cause; did you mean outside-tape"),
        ('per-file-ignores = {"a" = ["no"]}', "per-file-ignores in [tool.whygrad] names 'no', which is no cause; "),
        ('exclude = "gen"', 'exclude in [tool.whygrad] is no list of strings; write: exclude = ["..."]'),
        ("per-file-ignores = []", "per-file-ignores in [tool.whygrad] is no table; write: "),
        ("select = [", "not valid TOML ("),
    ],
)
def test_what_is_refused(folder: Folder, text: str, message: str) -> None:
    folder.write({"a.py": CUT, **toml(text)})
    checked = folder.check()
    assert (checked.status, checked.out) == (2, "")
    assert checked.err.startswith(f"whygrad: pyproject.toml: {message}")
    assert checked.err.count("\n") == 1


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.py", "/p/a/b.py", True),
        ("b", "/p/a/b.py", False),
        ("a", "/p/a/b.py", True),
        ("a/*.py", "/p/a/b.py", True),
        ("*/b.py", "/p/x/a/b.py", False),
        ("**/b.py", "/p/x/a/b.py", True),
        ("**/b.py", "/p/b.py", True),
        ("a/**", "/p/a/x/b.py", True),
        ("a/[bc].py", "/p/a/c.py", True),
        ("a/[!bc].py", "/p/a/c.py", False),
        ("./a", "/p/a/c.py", True),
        ("a?", "/p/ab", True),
        ("A", "/p/a", False),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path, "/p") == expected
