"""Paths in, files out: what is left out, links, and files named in several ways."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import pytest

from lint.checking import TRAIN, Folder
from whygrad.lint.discover import Discovery

FILES = [
    "a.py",
    "b.ipynb",
    "c.pyi",
    "d.txt",
    "script",
    "pkg/e.py",
    "pkg/build/f.py",
    ".hidden/g.py",
    "env/pyvenv.cfg",
    "env/lib/h.py",
    "lib/site-packages/i.py",
    "node_modules/j.py",
    "__pycache__/k.py",
    "l.py/m.py",
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str) -> list[str]:
    return [os.path.relpath(path) for path in Discovery(paths).files]


def test_a_folder(tree: Path) -> None:
    assert found(".") == ["a.py", "b.ipynb", "l.py/m.py", "pkg/e.py"]


def test_what_is_named_is_taken(tree: Path) -> None:
    assert found("script", ".hidden", "lib/site-packages", "env", "pkg/build/f.py") == [
        "script",
        ".hidden/g.py",
        "lib/site-packages/i.py",
        "env/lib/h.py",
        "pkg/build/f.py",
    ]


def test_a_file_counts_once(tree: Path) -> None:
    os.symlink("a.py", "same.py")
    os.symlink("pkg", "again")
    os.symlink(".", "circle")
    os.symlink("loop.py", "loop.py")
    assert found("pkg/e.py", "a.py", "./a.py", ".", str(tree)) == ["pkg/e.py", "a.py", "b.ipynb", "loop.py", "l.py/m.py"]


def test_what_is_not_there(tree: Path) -> None:
    os.symlink("nowhere.py", "broken.py")
    discovery = Discovery(["gone", "broken.py"])
    assert discovery.problems == ["gone: no such file or folder; check the name"]
    assert discovery.files == [str(tree / "broken.py")]


def test_a_link_to_nowhere_is_one_line(folder: Folder) -> None:
    os.symlink("nowhere.py", "broken.py")
    folder.write({"a.py": TRAIN + "cut_here\n"})
    checked = folder.check()
    assert (checked.status, len(checked.lines)) == (2, 1)
    assert checked.err == "whygrad: broken.py: is a link to a file that does not exist; check the name\n"


def test_a_file_that_may_not_be_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write({"a.py": TRAIN, "b.py": TRAIN + "cut_here\n"})

    def opened(path: str, *rest: str) -> IO[bytes]:
        if str(path).endswith("a.py"):
            raise PermissionError
        return open(path, *rest)

    monkeypatch.setattr("whygrad.lint.files.open", opened, raising=False)  # the user root may read everything
    checked = folder.check("--no-cache")
    assert checked.err == "whygrad: a.py: cannot be read; give yourself permission, or leave it out with --exclude\n"
    assert (checked.status, len(checked.lines)) == (2, 1)


def test_a_pipe_is_not_waited_for(folder: Folder) -> None:
    os.mkfifo("pipe.py")
    checked = folder.check(".")
    assert (checked.status, checked.err) == (0, "")
