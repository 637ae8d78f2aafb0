"""The result of a file comes in and goes out again as long as nothing it depends on has changed: its content, the modules it found and those it did
not find, whygrad itself, Python. One small file for each, so that nothing is merged; a damaged one counts as absent."""

from __future__ import annotations

import os
import sys

from whygrad._version import __version__
from whygrad.lint.files import digest
from whygrad.lint.result import FileResult
from whygrad.lint.writing import replace_file
from whygrad.plain_json import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from whygrad.lint.modules import ModuleFinder

FOLDER = ".whygrad_cache"
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NO_PART = frozenset({"__pycache__", "analyse", "health", "plugins", "record", "render"})  # all other folders may be what a finding is made from


class Cache:
    """Results on the disk: beside the nearest pyproject.toml, or in the user's folder for caches. Failures to read or write are silent."""

    def __init__(self) -> None:
        self._made_by = made_by()
        self._folders: dict[str, str] = {}

    def get(self, path: str, content: bytes, finder: ModuleFinder) -> FileResult | None:
        """The result for this content of the file, if it still holds."""
        try:
            with open(self._file(path), "rb") as file:
                entry = loads(str(file.read(), "ascii"))
            if entry["made_by"] != self._made_by or entry["path"] != path or entry["content"] != digest(content):
                return None
            if not all(_same_answer(finder, *asked) for asked in entry["asked"]):
                return None
            whole = entry["sum"] == _sum(entry["found"], entry["problems"], entry["ignores"])
            return FileResult(path, entry["found"], entry["problems"], entry["ignores"]) if whole else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def put(self, path: str, content: bytes, finder: ModuleFinder, result: FileResult) -> None:
        """Keep a result."""
        asked = [[*question, "" if question[3] is None else finder.fingerprint(question[3])] for question in finder.questions(path)]
        entry: dict[str, Any] = {"made_by": self._made_by, "path": path, "content": digest(content), "asked": asked}
        entry |= {"found": result.found, "problems": result.problems, "ignores": result.ignores}
        entry["sum"] = _sum(result.found, result.problems, result.ignores)
        file = self._file(path)
        try:
            _make_folder(os.path.dirname(file))
            replace_file(file, dumps(entry).encode())
        except (OSError, ValueError):
            return

    def _file(self, path: str) -> str:
        return os.path.join(self._folder(os.path.dirname(path)), f"{digest(path.encode('utf-8', 'surrogateescape'))}.json")

    def _folder(self, folder: str) -> str:
        if folder not in self._folders:
            self._folders[folder] = _cache_folder(folder)
        return self._folders[folder]


def made_by() -> str:
    """What the results depend on besides the files: the version, this Python, and the state of our own files, for those who work on them."""
    states = sorted(_states(_PACKAGE))
    return f"{__version__} {sys.version_info[:3]} {digest(''.join(states).encode())}"


def _states(folder: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            if entry.name not in _NO_PART:
                yield from _states(entry.path)
        elif entry.name not in ("broken.py", "fixed.py", "report.txt"):
            about = entry.stat()
            yield f"{entry.path}\0{about.st_mtime_ns}\0{about.st_size}\n"


def _sum(*parts: object) -> str:
    """So that damage shows without making objects of everything."""
    return digest(dumps(parts).encode())


def _same_answer(finder: ModuleFinder, name: str, importer: str, level: int, path: str | None, text: str) -> bool:
    found = finder.source_of(name, importer, level)
    return (found[0] if found else None) == path and (path is None or finder.fingerprint(path) == text)


def _cache_folder(folder: str) -> str:
    above = folder
    while not os.path.exists(os.path.join(above, "pyproject.toml")):
        parent = os.path.dirname(above)
        if parent == above:
            return _user_folder()
        above = parent
    return os.path.join(above, FOLDER) if os.access(above, os.W_OK) else _user_folder()


def _user_folder() -> str:
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA") or os.path.expanduser("~"), "whygrad", "cache")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches/whygrad")
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "whygrad")


def _make_folder(folder: str) -> None:
    """A new folder tells git to leave it alone."""
    if not os.path.isdir(folder):
        os.makedirs(folder, exist_ok=True)
        replace_file(os.path.join(folder, ".gitignore"), b"*\n")
