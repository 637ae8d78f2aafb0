"""What cannot be run: one clear line and status 2, before anything is watched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from launch.both import Case, watched

FILES: dict[str, str | bytes] = {
    "train.py": "",
    "pack/inner.py": "",
    "book.ipynb": "{}",
    "null.py": b"print(1)\n\0\n",
    "latin.py": "x = 1\ny = '\xe9'\n".encode("latin-1"),
    "coding.py": b"# coding: no-such\n",
    "old.pyc": b"\0\0\0\0not bytecode",
    "utf16.py": "print(1)".encode("utf-16"),
}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["nothing.py"], "no such file: 'nothing.py'"),
        (["train"], "no such file: 'train'; did you mean 'train.py'?"),
        (["pack"], "'pack' is a folder without a __main__.py; give one of its scripts, or -m PACKAGE"),
        (["-"], "cannot read the program from standard input; save it to a file and give the name of the file"),
        (["book.ipynb"], "'book.ipynb' is a notebook; in the notebook write %load_ext whygrad"),
        (["null.py"], "'null.py' is not Python source: it contains null bytes"),
        (["utf16.py"], "'utf16.py' is not Python source: it contains null bytes"),
        (["latin.py"], "'latin.py' is not utf-8 text: byte 0xe9 on line 2; save it as UTF-8, or declare its encoding"),
        (["coding.py"], "'coding.py' declares an encoding that cannot be used: unknown encoding: no-such; save it as UTF-8"),
        (["old.pyc"], "'old.pyc' was not compiled by this version of Python; give the .py file"),
        (["train.py/x"], "cannot read 'train.py/x': Not a directory"),
        (["-m", "no_such"], "no module named 'no_such'"),
        (["-m", "no_such.inner"], "no module named 'no_such'"),
        (["-m", "train.py"], "'train.py' is a file; -m takes the name of a module: leave -m out, or write -m train"),
        (["-m", ""], "no module named ''"),
    ],
)
def test_one_line_and_status_2(command: list[str], message: str, tmp_path: Path) -> None:
    ended = watched(Case(FILES, command=command), tmp_path)
    assert (ended.status, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"whygrad: {message}")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path) -> None:
    script = tmp_path / "secret.py"
    script.write_text("print(1)")
    script.chmod(0)
    ended = watched(Case({}, command=(str(script),)), tmp_path)
    assert (ended.status, ended.stderr) == (2, f"whygrad: cannot read {str(script)!r}: Permission denied\n")
