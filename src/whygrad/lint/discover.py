"""The paths of a command line come in; the files to check go out, each once, in a fixed order, with a line for each path that leads nowhere."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SUFFIXES = (".py", ".ipynb")
LEFT_OUT = frozenset({"__pycache__", "build", "dist-packages", "node_modules", "site-packages"})  # unless named on the command line
_ENVIRONMENT = "pyvenv.cfg"


class Discovery:
    """`files` are absolute paths; `problems` are lines for the user; `roots` the folders below which the files lie."""

    def __init__(self, paths: Iterable[str], excluded: Callable[[str], bool] = lambda path: False) -> None:
        self.files: list[str] = []
        self.problems: list[str] = []
        self.roots: list[str] = []
        self._excluded = excluded
        self._seen: set[str] = set()
        for path in paths:
            self._add(path)

    def _add(self, path: str) -> None:
        absolute = os.path.abspath(path)
        if os.path.isdir(absolute):
            self.roots.append(absolute)
            self._walk(absolute)
        elif os.path.lexists(absolute):
            self.roots.append(os.path.dirname(absolute))
            self._file(absolute, os.path.realpath(absolute))
        else:
            self.problems.append(f"{path}: no such file or folder; check the name")

    def _walk(self, top: str) -> None:
        """Depth first, in alphabetical order. A folder is entered once, however many links lead to it."""
        waiting = [(top, os.path.realpath(top))]
        while waiting:
            folder, real = waiting.pop()
            if real in self._seen or self._excluded(folder):
                continue
            self._seen.add(real)
            entries = self._entries(folder)
            if folder != top and any(entry.name == _ENVIRONMENT for entry in entries):
                continue
            waiting += reversed(list(self._folders(entries, real)))
            for entry in entries:
                if entry.name.endswith(SUFFIXES) and _is_file_or_broken(entry):
                    self._file(entry.path, _real(entry, real))

    def _folders(self, entries: list[os.DirEntry[str]], real: str) -> Iterator[tuple[str, str]]:
        for entry in entries:
            if not entry.name.startswith(".") and entry.name not in LEFT_OUT and _is_folder(entry):
                yield entry.path, _real(entry, real)

    def _file(self, path: str, real: str) -> None:
        if real not in self._seen and not self._excluded(path):
            self._seen.add(real)
            self.files.append(path)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.problems.append(f"{folder}: cannot be read ({error.strerror}); leave it out with --exclude")
            return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _is_file_or_broken(entry: os.DirEntry[str]) -> bool:
    """A pipe would be waited for. A link to nowhere is kept: reading it says so."""
    try:
        return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))
    except OSError:
        return True


def _real(entry: os.DirEntry[str], folder: str) -> str:
    """The real path of an entry of a folder whose real path is known: `realpath` asks the system about every part of a path."""
    return os.path.realpath(entry.path) if entry.is_symlink() else os.path.join(folder, entry.name)
