"""Code objects with an instruction offset in; whether they are the user's, and the exact expression in the user's source, out."""

from __future__ import annotations

import itertools
import os
import sys
import sysconfig
import types
from dataclasses import dataclass
from typing import Any

from whygrad.model import Location
from whygrad.record import autograph
from whygrad.source import text as source_text
from whygrad.source.text import Span

# Packages that run the user's program or are TensorFlow itself: an op inside them is never "done by a library".
FRAMEWORKS = frozenset(
    (
        *("tensorflow", "tensorflow_core", "keras", "tf_keras", "numpy", "tensorboard", "whygrad", "executing"),
        *("absl", "wrapt", "opt_einsum", "h5py", "ml_dtypes", "gast", "astunparse", "google", "grpc", "optree", "namex", "six"),
        *("click", "rich", "IPython", "ipykernel", "traitlets", "tornado", "zmq", "jupyter_client", "nbclient"),
        *("pytest", "_pytest", "pluggy", "coverage", "debugpy"),
    )
)
TYPED_IN = ("<stdin>", "<string>", "<console>", "<ipython-input", "<python-input", "<doctest")
INSTALLED = ("site-packages", "dist-packages")
OWN_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLES = ("broken.py", "fixed.py")  # the programs that ship with each cause are run like a user's

_user_files: dict[str, bool] = {}
_library_files: dict[str, bool] = {}


def is_user_code(code: types.CodeType) -> bool:
    """Whether the code was written in the user's project (a script, a notebook cell, a module, AutoGraph's copy of one), not in a library."""
    name = code.co_filename
    known = _user_files.get(name)
    return _remember(_user_files, name, is_user_file(name)) if known is None else known


def runs_the_program(code: types.CodeType) -> bool:
    """Whether this is the function of `whygrad run` that calls the user's program."""
    return code.co_name == "run_program" and code.co_filename == os.path.join(OWN_FOLDER, "program.py")


def is_library_code(code: types.CodeType) -> bool:
    """Whether the code is an installed package's that is neither TensorFlow, nor its company, nor what runs the program."""
    name = code.co_filename
    known = _library_files.get(name)
    return _remember(_library_files, name, _is_library_file(name)) if known is None else known


def _remember(answers: dict[str, bool], name: str, answer: bool) -> bool:
    if autograph.is_generated(name) and autograph.origin_path(name) is None:
        return answer  # not registered yet: ask again
    answers[name] = answer
    return answer


def is_user_file(name: str) -> bool:
    if autograph.is_generated(name):
        origin = autograph.origin_path(name)
        return True if origin is None else is_user_file(origin)
    if name.startswith("<"):
        return name.startswith(TYPED_IN)
    path = source_text.real_path(name)
    if _is_below(path, OWN_FOLDER):
        return os.path.basename(path) in EXAMPLES
    return not any(part in INSTALLED for part in _parts(path)) and not any(_is_below(path, folder) for folder in _foreign_folders())


def _is_library_file(name: str) -> bool:
    if autograph.is_generated(name):
        name = autograph.origin_path(name) or ""
    parts = _parts(name)
    installed = [i for i, part in enumerate(parts) if part in INSTALLED]
    if not installed or installed[-1] + 1 >= len(parts):
        return False
    return os.path.splitext(parts[installed[-1] + 1])[0] not in FRAMEWORKS


def _parts(path: str) -> list[str]:
    return path.replace("\\", "/").split("/")


def _is_below(path: str, folder: str) -> bool:
    return os.path.normcase(path).startswith(os.path.join(os.path.normcase(folder), ""))


def _foreign_folders() -> set[str]:
    """The standard library, and frameworks imported from a place that is no site-packages (`pip install --target`, a source checkout)."""
    library = {os.path.dirname(os.__file__), *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))}
    frameworks = (sys.modules.get(name) for name in ("tensorflow", "keras", "tf_keras", "numpy"))
    imported = {os.path.dirname(module.__file__) for module in frameworks if module is not None and module.__file__}
    return {folder for path in library | imported if path for folder in (path, os.path.realpath(path))}


def resolve(code: types.CodeType, lasti: int) -> Location:
    """The expression that the instruction at `lasti` (a frame's `f_lasti`) belongs to. Never raises: at worst it knows the line only."""
    line = code.co_firstlineno
    try:
        line = _line(code, lasti)
        return _resolve(code, lasti, line)
    except Exception:  # a strange file must cost the user an underline, not the report
        return Location(code.co_filename, line, 1, line, 1, _function(code))


def definition(code: types.CodeType) -> Location:
    """Where a function is defined: its first line."""
    return source_text.line_location(code.co_filename, code.co_firstlineno, _function(code))


def _resolve(code: types.CodeType, lasti: int, line: int) -> Location:
    path = code.co_filename
    where = _exact_span(code, lasti, line)
    if autograph.is_generated(path):
        mapped = autograph.resolve(path, line, where)
        if mapped is not None:
            return mapped
    if where is None:
        return source_text.line_location(path, line, _function(code))
    return source_text.location(path, where, _function(code))


def _function(code: types.CodeType) -> str:
    if sys.version_info >= (3, 11):
        return code.co_qualname
    return code.co_name


def _line(code: types.CodeType, lasti: int) -> int:
    inside = (line for start, end, line in code.co_lines() if start <= lasti < end and line)
    return next(inside, code.co_firstlineno)


def _exact_span(code: types.CodeType, lasti: int, line: int) -> Span | None:
    if lasti < 0:
        return None
    if sys.version_info >= (3, 11):
        raw = _compiled_span(code, lasti)
        return None if raw is None else _node_span(code.co_filename, raw)
    return _searched_span(code, lasti, line)


def _compiled_span(code: types.CodeType, lasti: int) -> Span | None:
    """What the compiler noted. None when it was told to note nothing (`-X no_debug_ranges`)."""
    if sys.version_info >= (3, 11):
        line, end_line, column, end_column = next(itertools.islice(code.co_positions(), lasti // 2, None))
        if line and end_line and column is not None and end_column is not None:
            return line, column, end_line, end_column
    return None


def _node_span(path: str, raw: Span) -> Span:
    """The span of the node behind `raw`: whole for a method call over several lines, the head for a statement over several."""
    file = source_text.parsed(path)
    node = file.nodes.get(raw)
    return raw if node is None else source_text.header(node, file.lines)


@dataclass(slots=True)
class _Frame:
    """As much of a frame as `executing` reads."""

    f_code: types.CodeType
    f_lasti: int
    f_lineno: int
    f_globals: dict[str, Any]


def _searched_span(code: types.CodeType, lasti: int, line: int) -> Span | None:
    """Python 3.10 keeps lines only: `executing` finds the node by compiling variations of the file."""
    import executing

    frame: Any = _Frame(code, lasti, line, {"__file__": code.co_filename, "__name__": "__main__"})
    source_text.parsed(code.co_filename)  # fills linecache, which `executing` reads
    found = executing.Source.executing(frame)
    if found.node is not None:
        return source_text.header(found.node, source_text.parsed(code.co_filename).lines)
    statements = list(found.statements or ())
    return source_text.header(statements[0], source_text.parsed(code.co_filename).lines) if len(statements) == 1 else None
