"""A path comes in; its FileResult goes out, whatever the file holds. The engine is a parameter, so that all around it can be tested without it."""

from __future__ import annotations

import os
import warnings

from whygrad.errors import InputError
from whygrad.lint.files import read_bytes
from whygrad.lint.modules import ModuleFinder
from whygrad.lint.prefilter import Prefilter
from whygrad.lint.result import FileResult, result_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    from whygrad.lint.cache import Cache
    from whygrad.lint.program import Program
    from whygrad.model import Diagnosis

    Engine: TypeAlias = Callable[[str, str, ModuleFinder], tuple[Diagnosis, ...]]

STRICT = "WHYGRAD_STRICT"  # failures of our own are loud


def flow_engine(path: str, text: str, project: ModuleFinder) -> tuple[Diagnosis, ...]:
    """The real engine, imported when the first file gets so far."""
    from whygrad.lint.flow import examine

    return examine(path, text, project)


class Checker:
    """Checks one file after the other. `contents` counts in the place of what the disk holds; then the cache is read only."""

    def __init__(
        self, roots: tuple[str, ...], engine: Engine = flow_engine, cache: Cache | None = None, contents: Mapping[str, bytes] | None = None
    ) -> None:
        self.contents = dict(contents or {})
        self.engine = engine
        self.cache = cache
        self.finder = ModuleFinder(roots, {path: text for path, text in map(_overlaid, self.contents.items()) if text is not None})
        self._prefilter = Prefilter(self.finder)

    def content(self, path: str) -> bytes:
        """Raises InputError."""
        return self.contents[path] if path in self.contents else read_bytes(path)

    def matters(self, path: str) -> int | str:
        """How many bytes there are to check, 0 where there is nothing to find, or a line that says why the file cannot be read."""
        try:
            content = self.content(path)
            return len(content) if self._prefilter.can_matter(path, content) else 0
        except InputError as error:
            return str(error)

    def check(self, path: str) -> FileResult:
        """Never raises for what a file may hold."""
        try:
            content = self.content(path)
        except InputError as error:
            return FileResult(path, [], [str(error)])
        known = self.cache.get(path, content, self.finder) if self.cache is not None else None
        if known is not None:
            return known
        result = self._examined(path, content)
        if self.cache is not None and not self.contents:
            self.cache.put(path, content, self.finder, result)
        return result

    def _examined(self, path: str, content: bytes) -> FileResult:
        from whygrad.lint.program import read_program

        try:
            program = read_program(path, content)
            return result_of(path, self._findings(program), program.problems, _ignores(program))
        except InputError as error:
            return FileResult(path, [], [str(error)])
        except SyntaxError as error:
            return FileResult(path, [], [_not_python(path, error)])
        except (RecursionError, MemoryError):
            return FileResult(path, [], [f"{path}: nested too deeply to be checked; leave it out with --exclude"])
        except Exception as error:
            if os.environ.get(STRICT):
                raise
            return FileResult(
                path, [], [f"{path}: whygrad itself failed here ({_ours(error)}); please report it, and leave the file out with --exclude"]
            )

    def _findings(self, program: Program) -> tuple[Diagnosis, ...]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the parser thinks of the user's literals
            found = self.engine(program.path, program.text, self.finder)
        return tuple(program.shown(diagnosis) for diagnosis in found)

    def ignores(self, path: str) -> list[list[Any]]:
        """The comments of a file that is not checked itself, but has findings of another."""
        from whygrad.lint.program import read_program

        try:
            return _ignores(read_program(path, self.content(path)))
        except InputError:
            return []


def _ignores(program: Program) -> list[list[Any]]:
    """The comments of a program, where the user sees them."""
    if "whygrad:" not in program.text:
        return []
    from whygrad.lint.comments import ignores_in

    found = []
    for ignore in ignores_in(program.path, program.text):
        path, line = program.place(ignore.line)
        found.append([path, line, ignore.start, ignore.end, ignore.full_line, list(ignore.slugs), ignore.whole_file])
    return found


def _overlaid(item: tuple[str, bytes]) -> tuple[str, str | None]:
    from whygrad.lint.program import NOTEBOOK_SUFFIX, read_program

    path, content = item
    try:
        return path, None if path.endswith(NOTEBOOK_SUFFIX) else read_program(path, content).text
    except InputError:
        return path, None


def _not_python(path: str, error: SyntaxError) -> str:
    where = f"{path}:{error.lineno}:{error.offset or 1}" if error.lineno else path
    return f"{where}: not Python: {error.msg}; correct it, or leave the file out with --exclude"


def _ours(error: Exception) -> str:
    """The error and the place in our own code where it happened, on one line."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f", {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
    return f"{type(error).__name__}: {' '.join(str(error).split())[:80]}{place}"
