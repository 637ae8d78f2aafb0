"""`whygrad` and `python -m whygrad`: `check` goes past click, whose import alone would take longer than checking a file."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Ends the process."""
    if sys.argv[1:2] == ["check"]:
        _check()
    from whygrad.cli import main as command

    command()


def _check() -> NoReturn:
    """Without a search for circles among what lives as long as the process, and without taking down at its end what the system frees at once."""
    import gc

    gc.disable()
    from whygrad.lint.command import main as check

    _end(check(sys.argv[2:]))


def _end(status: int) -> NoReturn:
    import atexit
    import os

    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except (OSError, ValueError):  # its reader has gone, or it was closed
                status = status or 1
    atexit._run_exitfuncs()
    os._exit(status)


if __name__ == "__main__":
    main()
