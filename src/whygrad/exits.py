"""What to do at the end of the program in; it is also done where the program ends without the interpreter: `os._exit`, `os.exec*`, a fork's child."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any

End = Callable[[int], int]  # the status that the program asked for -> the status to end with


def guard_exits(end: End) -> Callable[[], None]:
    """Let `os._exit` and `os.exec*` call `end` first. Returns what undoes it."""
    real: dict[str, Any] = {"_exit": os._exit, "execv": os.execv, "execve": os.execve}
    ours = _guarded(end, real)
    for name, function in ours.items():
        function.__name__ = function.__qualname__ = name
        function.__doc__ = real[name].__doc__
        function.__module__ = "os"  # where it is found, for pickle
        setattr(os, name, function)

    def undo() -> None:
        for name, function in ours.items():
            if getattr(os, name) is function:
                setattr(os, name, real[name])

    return undo


def _guarded(end: End, real: dict[str, Any]) -> dict[str, Any]:
    """The other exec functions of `os` call `execv` and `execve`."""

    def _exit(status: int) -> None:
        real["_exit"](end(status) if isinstance(status, int) else status)

    def execv(path: Any, argv: Any, /) -> None:
        _end_before_exec(end, path)
        real["execv"](path, argv)

    def execve(path: Any, argv: Any, env: Any) -> None:
        _end_before_exec(end, path)
        real["execve"](path, argv, env)

    return {"_exit": _exit, "execv": execv, "execve": execve}


def _end_before_exec(end: End, path: Any) -> None:
    """`os.execvp` tries one folder after the other: only a file that can be run ends this program."""
    with contextlib.suppress(TypeError, ValueError):
        if isinstance(path, int) or (os.path.isfile(path) and os.access(path, os.X_OK)):
            end(0)


_in_child: Callable[[], None] | None = None
_registered = False


def in_children(abandon: Callable[[], None]) -> None:
    """Call `abandon` first thing in a forked child. The last one asked for counts; the registration itself cannot be taken back."""
    global _in_child, _registered
    _in_child = abandon
    if not _registered and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)
        _registered = True


def _after_fork() -> None:
    if _in_child is not None:
        _in_child()
