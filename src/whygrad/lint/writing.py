"""A path and bytes come in; the file holds them, whole or not at all: written beside, then renamed."""

from __future__ import annotations

import contextlib
import os
import stat


def replace_file(path: str, content: bytes) -> None:
    """Replace the content of a file, or make it; a link stays a link, permissions stay. Raises OSError."""
    target = os.path.realpath(path)
    beside = os.path.join(os.path.dirname(target), f".whygrad-{os.urandom(6).hex()}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(content)
        with contextlib.suppress(FileNotFoundError):
            os.chmod(beside, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
