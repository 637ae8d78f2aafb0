"""Files are written whole or not at all; streams whose reader has gone are left in peace."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from whygrad.errors import UsageError
from whygrad.render.write import write_stdout, write_text

POSIX = pytest.mark.skipif(os.name != "posix", reason="links, modes and pipes of POSIX")


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_new_file_and_an_old_one(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    write_text(file, "é\n")
    write_text(file, "second\r\n\udc80")
    assert file.read_bytes() == b"second\r\n\\udc80"
    assert names(tmp_path) == ["report.json"]


@pytest.mark.parametrize(
    ("name", "reason"), [("none/report.json", "there is no folder"), ("", "it is a folder"), ("a\0b", "null"), ("x" * 300, "long")]
)
def test_where_nothing_can_be_written(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=r"^cannot write .*") as raised:
        write_text(tmp_path / name, "text")
    assert reason in str(raised.value)
    assert names(tmp_path) == []


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.json"
    file.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write_text(file, "new")
    assert file.read_text() == "old"
    assert names(tmp_path) == ["report.json"]


@POSIX
def test_mode_and_link_are_kept(tmp_path: Path) -> None:
    file, link = tmp_path / "real.json", tmp_path / "link.json"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_text(link, "new")
    assert link.is_symlink()
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o640)


@POSIX
def test_a_new_file_has_the_mode_that_the_user_wants(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "report.json", "text")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o640


@POSIX
def test_a_device_and_a_pipe_are_written_to_not_replaced(tmp_path: Path) -> None:
    write_text(Path(os.devnull), "text")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write_text(pipe, "through")
    reader.join(10)
    assert read == ["through"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_file_that_is_read_only_stays(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("old")
    file.chmod(0o444)
    with pytest.raises(UsageError, match="Permission denied"):
        write_text(file, "new")
    assert file.read_text() == "old"


class Failing(io.StringIO):
    """A stream whose other end fails."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def flush(self) -> None:
        raise self.error


def test_standard_output_whose_reader_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(BrokenPipeError()))
    write_stdout("text")
    monkeypatch.setattr(sys, "stdout", None)
    write_stdout("text")


def test_standard_output_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(UsageError, match=r"^cannot write to standard output: No space"):
        write_stdout("text")
