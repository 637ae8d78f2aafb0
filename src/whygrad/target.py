"""What the user typed after `whygrad run` in; the program that python would run for it out, or UsageError."""

from __future__ import annotations

import importlib.util
import os
import pkgutil
import sys
from dataclasses import dataclass
from importlib.machinery import SourcelessFileLoader
from types import CodeType
from typing import Any

from whygrad.errors import UsageError


@dataclass(frozen=True, slots=True)
class Script:
    """A file of Python: `path` is absolute and not normalised, as `__file__` is."""

    target: str
    path: str
    code: CodeType
    source: bytes | None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder or zip file with a `__main__.py`."""

    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Module:
    """What follows `-m`."""

    target: str


Program = Script | Folder | Module


def find_program(target: str, *, module: bool) -> Program:
    """The program that `python TARGET` or `python -m TARGET` means. Raises UsageError, or what compiling the file raises (SyntaxError)."""
    if module:
        return _find_module(target)
    if target == "-":
        raise UsageError("cannot read the program from standard input; save it to a file and give the name of the file")
    path = _absolute(target)
    if os.path.isdir(path) or pkgutil.get_importer(path) is not None:
        return _find_folder(target, path)
    return _read_script(target, path)


def _absolute(path: str) -> str:
    """As the interpreter does it: dots in the middle and symbolic links stay."""
    if os.path.isabs(path):
        return path
    return os.path.join(os.getcwd(), path)


def _find_module(target: str) -> Module:
    """Only the first name is looked for: finding `a.b` would import `a` before anybody watches."""
    top = target.partition(".")[0]
    if os.path.isfile(target) and target.endswith(".py"):
        raise UsageError(f"{target!r} is a file; -m takes the name of a module: leave -m out, or write -m {target[:-3].replace(os.sep, '.')}")
    if not top or (top not in sys.modules and not _importable(top)):
        raise UsageError(f"no module named {top!r} in this folder or in the environment of {sys.executable}")
    return Module(target)


def _importable(name: str) -> bool:
    here = [] if is_safe_path() else [os.getcwd()]
    return any(_finds(finder, name, None) for finder in sys.meta_path) or any(
        _finds(importer, name) for importer in map(pkgutil.get_importer, here) if importer is not None
    )


def _finds(finder: Any, name: str, *path: None) -> bool:
    return hasattr(finder, "find_spec") and finder.find_spec(name, *path) is not None


def _find_folder(target: str, path: str) -> Folder:
    importer: Any = pkgutil.get_importer(path)
    if importer is None or importer.find_spec("__main__") is None:
        kind = "folder" if os.path.isdir(path) else "zip file"
        raise UsageError(f"{target!r} is a {kind} without a __main__.py; give one of its scripts, or -m PACKAGE")
    return Folder(target, path)


def _read_script(target: str, path: str) -> Script:
    if path.endswith(".ipynb"):
        raise UsageError(f"{target!r} is a notebook; in the notebook write %load_ext whygrad, or convert it: jupyter nbconvert --to script")
    try:
        with open(path, "rb") as file:
            source = file.read()
    except FileNotFoundError:
        raise UsageError(f"no such file: {target!r}{_did_you_mean(target)}") from None
    except OSError as error:
        raise UsageError(f"cannot read {target!r}: {error.strerror}") from None
    if path.endswith(".pyc"):
        return Script(target, path, _load_compiled(target, path), None)
    return Script(target, path, _compile(target, path, source), source)


def _did_you_mean(target: str) -> str:
    return f"; did you mean {target + '.py'!r}?" if os.path.isfile(target + ".py") else ""


def _load_compiled(target: str, path: str) -> CodeType:
    try:
        code = SourcelessFileLoader("__main__", path).get_code("__main__")
    except (ImportError, EOFError, ValueError):
        code = None
    if code is None:
        raise UsageError(f"{target!r} was not compiled by this version of Python; give the .py file")
    return code


def _compile(target: str, path: str, source: bytes) -> CodeType:
    if b"\0" in source:
        raise UsageError(f"{target!r} is not Python source: it contains null bytes")
    try:
        return compile(source, path, "exec", dont_inherit=True)
    except SyntaxError:
        _demand_text(target, source)
        raise


def _demand_text(target: str, source: bytes) -> None:
    """Python's own message about text that it cannot decode is another one for a file than for `compile`; ours is clearer than both."""
    try:
        importlib.util.decode_source(source)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{target!r} is not {error.encoding} text: byte 0x{source[error.start]:02x} on line {line};"
            " save it as UTF-8, or declare its encoding on the first line (# -*- coding: latin-1 -*-)"
        ) from None
    except SyntaxError as error:
        raise UsageError(f"{target!r} declares an encoding that cannot be used: {error.msg}; save it as UTF-8") from None


def is_safe_path() -> bool:
    """Whether the interpreter was told not to look for modules beside the program (-P, -I)."""
    return bool(getattr(sys.flags, "safe_path", False) or sys.flags.isolated)
