"""A finished text comes in; it goes to a file, whole or not at all, or to a stream whose reader may have gone."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys
from pathlib import Path

from whygrad.errors import UsageError


def write_text(path: Path, text: str) -> None:
    """Write beside `path`, then rename: a reader sees the old file or the new one. Devices and pipes are written to. Raises UsageError."""
    content = text.encode("utf-8", "backslashreplace")
    try:
        target = Path(os.path.realpath(path))  # a link stays a link
        if _written_in_place(target):
            target.write_bytes(content)
        else:
            _replace(target, content)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write {path}: {_reason(path, error)}") from None


def write_stdout(text: str) -> None:
    """Write to standard output. Nothing happens where it is closed or its reader has gone, as with `| head`. Raises UsageError."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    except OSError as error:
        _forget_stdout()
        raise UsageError(f"cannot write to standard output: {error.strerror}") from None


def _written_in_place(target: Path) -> bool:
    """A device, a pipe, a file in a folder that takes no new files; and a read-only file, so that the system refuses it."""
    return target.exists() and not (target.is_file() and os.access(target.parent, os.W_OK) and os.access(target, os.W_OK))


def _replace(target: Path, content: bytes) -> None:
    beside = target.parent / f".whygrad-{secrets.token_hex(6)}.tmp"
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666), "wb") as file:
            file.write(content)
        if target.exists():
            os.chmod(beside, stat.S_IMODE(target.stat().st_mode))
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {path.parent}"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _forget_stdout() -> None:
    """What is still in the buffer would be written, and fail again, when Python ends."""
    with contextlib.suppress(OSError, ValueError):  # a stand-in without a file behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
