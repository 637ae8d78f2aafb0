"""Paths come in; bytes and their hashes go out. All that a file needs whose result is known, so nothing is imported that takes time."""

from __future__ import annotations

import os
from _imp import source_hash  # what Python itself tells its caches of sources apart with; `hashlib` would load OpenSSL

from whygrad.errors import InputError

_KEY = 0x77687967726164


def read_bytes(path: str) -> bytes:
    """The content of a file. Raises InputError."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        what = "is a link to a file that does not exist" if os.path.islink(path) else "no such file"
        raise InputError(f"{path}: {what}; check the name") from None
    except PermissionError:
        raise InputError(f"{path}: cannot be read; give yourself permission, or leave it out with --exclude") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError(f"{path}: cannot be read ({reason}); leave it out with --exclude") from None


def digest(content: bytes) -> str:
    """A hash of 64 bits."""
    return source_hash(_KEY, content).hex()
