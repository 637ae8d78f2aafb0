"""The cache: when a result is taken from it, and that it is never stale."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lint.checking import TRAIN, Folder
from whygrad.lint import cache


@pytest.fixture
def project(folder: Folder) -> Folder:
    folder.write({"pyproject.toml": "", "a.py": TRAIN + "import b\ncut_here\n", "c.py": TRAIN + "cut_here\n", "calls.txt": ""})
    return folder


def test_what_has_not_changed_is_not_examined_again(project: Folder) -> None:
    first = project.check()
    assert project.calls() == ["a.py", "c.py"]
    assert project.check().out == first.out
    assert project.calls() == []
    assert project.check("--ignore", "outside-tape").status == 0  # settings are no part of it
    assert project.calls() == []
    assert (project.path / ".whygrad_cache" / ".gitignore").read_text() == "*\n"
    project.check("--no-cache")
    assert project.calls() == ["a.py", "c.py"]


def test_a_changed_file_is_examined_again(project: Folder) -> None:
    project.check()
    project.calls()
    before = os.stat("c.py")
    project.write({"c.py": TRAIN + "cut_more\n"})  # as long as before, and no younger
    os.utime("c.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "cut_more" in project.check().out
    assert project.calls() == ["c.py"]


def test_a_module_that_appears_changes_or_goes_is_noticed(project: Folder) -> None:
    assert "modules" not in project.check().out
    project.write({"b.py": "cut_here"})
    assert "1 modules" in project.check().out
    project.write({"b.py": "nothing"})
    assert "modules" not in project.check().out
    project.write({"b.py": "cut_here"})
    project.check()
    os.unlink("b.py")
    assert "modules" not in project.check().out


def test_a_damaged_cache_is_ignored(project: Folder) -> None:
    first = project.check()
    entries = sorted((project.path / ".whygrad_cache").glob("*.json"))
    assert len(entries) == 2
    for damage in (b"", b"{", b"[]", b"\xff\0", b"{}", entries[0].read_bytes()[:-20], entries[1].read_bytes().replace(b"column", b"colour")):
        for entry in entries:
            entry.write_bytes(damage)
        assert project.check().out == first.out
        assert project.check().err == ""


def test_another_whygrad_does_not_believe_it(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    project.check()
    project.calls()
    monkeypatch.setattr(cache, "__version__", "99.0")
    project.check()
    assert project.calls() == ["a.py", "c.py"]


def test_without_a_project_it_lies_with_the_user(folder: Folder, tmp_path: Path) -> None:
    folder.write({"a.py": TRAIN})
    folder.check()
    assert not (folder.path / ".whygrad_cache").exists()
    assert len(list((tmp_path / "cache" / "whygrad").glob("*.json"))) == 1


def test_a_cache_that_cannot_be_written_is_no_problem(project: Folder) -> None:
    project.write({".whygrad_cache": "a file where the folder should be"})
    checked = project.check()
    assert (checked.status, checked.err) == (1, "")


def test_two_processes_share_it(project: Folder) -> None:
    project.check("--jobs", "2")
    assert sorted(project.calls()) == ["a.py", "c.py"]
    project.check("--jobs", "2")
    assert project.calls() == []
