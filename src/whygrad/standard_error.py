"""Text of ours in; it reaches the standard error that we were started with, whatever the program has done to `sys.stderr` or to descriptor 2."""

from __future__ import annotations

import contextlib
import os
import select
import sys

# Above the numbers a program gets for its first files: they are the same as without us.
_LOWEST = 60


class StandardError:
    """A second descriptor of the standard error, taken before the program starts. Children do not inherit it."""

    def __init__(self) -> None:
        self._descriptor = _duplicate(2)
        self._identity = _identity(self._descriptor)
        self.encoding: str = getattr(sys.__stderr__, "encoding", None) or "utf-8"

    def write(self, text: str) -> None:
        """Write all of it, or as much as a reader takes. Never raises: there would be nobody to tell."""
        descriptor = self._usable()
        if descriptor is None:
            return
        left = memoryview(text.encode(self.encoding, "backslashreplace"))
        with contextlib.suppress(OSError):
            while left:
                left = left[_write_some(descriptor, left) :]

    def is_terminal(self) -> bool:
        descriptor = self._usable()
        return descriptor is not None and os.isatty(descriptor)

    def width(self) -> int:
        """Columns of the terminal; 80 where there is none."""
        columns = os.environ.get("COLUMNS", "")
        if columns.isdecimal() and int(columns) > 0:
            return int(columns)
        descriptor = self._usable()
        try:
            return (os.get_terminal_size(descriptor).columns if descriptor is not None else 0) or 80
        except OSError:
            return 80

    def close(self) -> None:
        """Give the descriptor back, if it is still the one we took."""
        if self._descriptor is not None and _identity(self._descriptor) == self._identity:
            os.close(self._descriptor)
        self._descriptor = None

    def _usable(self) -> int | None:
        """A program that closed every descriptor may have got our number for a file of its own: that one is not for us to write to."""
        for descriptor in (self._descriptor, 2):
            if descriptor is not None and self._identity is not None and _identity(descriptor) == self._identity:
                return descriptor
        return None


def _duplicate(descriptor: int) -> int | None:
    with contextlib.suppress(OSError):  # closed before we were started
        if sys.platform == "win32":
            return os.dup(descriptor)
        import fcntl

        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _LOWEST)
    return None


def _identity(descriptor: int | None) -> tuple[int, int, int] | None:
    if descriptor is None:
        return None
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino, getattr(status, "st_rdev", 0)


def _write_some(descriptor: int, data: memoryview) -> int:
    try:
        return os.write(descriptor, data[:65536])
    except BlockingIOError:  # somebody made the terminal or the pipe non-blocking
        select.select([], [descriptor], [], 1.0)
        return 0
