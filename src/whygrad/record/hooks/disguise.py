"""Wrappers that count as part of what they wrap: TensorFlow and Keras leave their own frames out of tracebacks and messages, and so ours with them.

`WHYGRAD_STRICT=1`, under which our failures are loud, leaves the true places in.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any, TypeVar

Wrapper = TypeVar("Wrapper", bound=Callable[..., Any])
HOOKS = os.path.dirname(os.path.abspath(__file__))


def disguise(wrapper: Wrapper, original: Any) -> Wrapper:
    """Give the code of `wrapper` (one of ours) the file and the first line of `original`."""
    theirs = getattr(inspect.unwrap(original), "__code__", None)
    ours = wrapper.__code__ if isinstance(wrapper, FunctionType) else None
    if ours is not None and isinstance(theirs, CodeType) and os.path.dirname(ours.co_filename) == HOOKS and os.environ.get("WHYGRAD_STRICT") != "1":
        wrapper.__code__ = placed(ours, beside(theirs.co_filename), theirs.co_firstlineno)
    return wrapper


def beside(file: str) -> str:
    """Another name of the same file, by which our frames are known."""
    return os.path.join(os.path.dirname(file), os.curdir, os.path.basename(file))


def is_ours(file: str) -> bool:
    return os.path.dirname(file) == HOOKS or os.path.dirname(file).endswith(os.sep + os.curdir)


def part_of(original: Any) -> Callable[[Wrapper], Wrapper]:
    """A decorator for the functions of ours that wrappers share."""
    return lambda wrapper: disguise(wrapper, original)


@functools.cache
def placed(code: CodeType, file: str, line: int) -> CodeType:
    """The code, functions inside it included, as if it stood in one line of a file."""
    inside = tuple(placed(const, file, line) if isinstance(const, CodeType) else const for const in code.co_consts)
    return code.replace(co_filename=file, co_firstlineno=line, co_linetable=line_table(len(code.co_code)), co_consts=inside)


def line_table(size: int) -> bytes:
    """`co_linetable` for so many bytes of code that all belong to the first line."""
    if sys.version_info >= (3, 11):  # 13: an entry without columns, for up to eight instructions; the next byte is the step to its line
        return b"".join(bytes((0x80 | 13 << 3 | min(8, size // 2 - start) - 1, 0)) for start in range(0, size // 2, 8))
    return b"".join(bytes((min(254, size - start), 0)) for start in range(0, size, 254))
