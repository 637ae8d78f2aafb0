"""A finished text comes in; it goes to a file, whole or not at all, or to a stream whose reader may have gone."""

from __future__ import annotations

import os
import sys

from whygrad.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def write_text(path: str | Path, text: str) -> None:
    """Write beside `path`, then rename: a reader sees the old file or the new one. Devices and pipes are written to. Raises UsageError."""
    content = text.encode("utf-8", "backslashreplace")
    try:
        target = os.path.realpath(path)  # a link stays a link
        if _written_in_place(target):
            with open(target, "wb") as file:
                file.write(content)
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


def _written_in_place(target: str) -> bool:
    """A device, a pipe, a file in a folder that takes no new files; and a read-only file, so that the system refuses it."""
    if not os.path.exists(target):
        return False
    return not (os.path.isfile(target) and os.access(os.path.dirname(target), os.W_OK) and os.access(target, os.W_OK))


def _replace(target: str, content: bytes) -> None:
    beside = os.path.join(os.path.dirname(target), f".whygrad-{os.urandom(6).hex()}.tmp")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666), "wb") as file:
            file.write(content)
        if os.path.exists(target):
            os.chmod(beside, os.stat(target).st_mode & 0o7777)
        os.replace(beside, target)
    finally:
        if os.path.exists(beside):
            os.unlink(beside)


def _reason(path: str | Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {os.path.dirname(path) or '.'}"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _forget_stdout() -> None:
    """What is still in the buffer would be written, and fail again, when Python ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # a stand-in without a file behind it
        return
