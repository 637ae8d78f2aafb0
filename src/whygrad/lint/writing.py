"""A path and bytes come in; the file holds them, whole or not at all: written beside, then renamed."""

from __future__ import annotations

import os


def replace_file(path: str, content: bytes) -> None:
    """Replace the content of a file, or make it; a link stays a link, permissions stay. Raises OSError."""
    target = os.path.realpath(path)
    beside = os.path.join(os.path.dirname(target), f".whygrad-{os.urandom(6).hex()}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(content)
        if os.path.exists(target):
            os.chmod(beside, os.stat(target).st_mode & 0o7777)
        os.replace(beside, target)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise


def write_out(text: str) -> None:
    """Write to standard output. The long way, which knows about readers that have gone, only where there is something to write."""
    if text:
        from whygrad.render.write import write_stdout

        write_stdout(text)
