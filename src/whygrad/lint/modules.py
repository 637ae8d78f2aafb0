"""The name in an import comes in; the file of the project that it means goes out, with its text. Nothing is imported, nothing outside is read.

Every question is remembered with its answer: they are what a result depends on, besides the file itself, and so what the cache asks again.
"""

from __future__ import annotations

import os

from whygrad.errors import InputError
from whygrad.lint.files import digest, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NEVER_OURS = frozenset({"keras", "numpy", "tensorflow", "tf_keras"})  # the catalogue knows them better than their source
_INSTALLED = frozenset({"dist-packages", "site-packages"})
_PROJECT_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")


class ModuleFinder:
    """Where the project's own modules are.

    roots: folders below which the checked paths lie. overlay: texts, by absolute path, that count in the place of what the disk holds.
    A file is read once; one that cannot be read or decoded is as if it were not there.
    """

    def __init__(self, roots: Iterable[str] = (), overlay: Mapping[str, str] | None = None) -> None:
        self.roots = tuple(dict.fromkeys(os.path.abspath(root) for root in roots))
        self._overlay = {} if overlay is None else dict(overlay)
        self._texts: dict[str, str | None] = dict(self._overlay)
        self._listings: dict[str, frozenset[str]] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._located: dict[tuple[str, str, int], str | None] = {}
        self._asked: dict[str, dict[tuple[str, int], str | None]] = {}
        for path in self._overlay:
            self._list_overlaid(path)

    def source_of(self, name: str, importer: str, level: int = 0) -> tuple[str, str] | None:
        """The absolute path and the text of the module `name` as `importer` (a path) would import it; None for what is not the project's.

        `level` counts the dots of a relative import; `name` may be empty then: the package itself.
        """
        path = self._answer(name, importer, level)
        text = None if path is None else self.text(path)
        return None if path is None or text is None else (path, text)

    def text(self, path: str) -> str | None:
        """The text of a file with "\\n" line ends; None when it cannot be read."""
        if path not in self._texts:
            from whygrad.lint.reading import decoded

            try:
                self._texts[path] = decoded(path, read_bytes(path)).text
            except InputError:
                self._texts[path] = None
        return self._texts[path]

    def fingerprint(self, path: str) -> str:
        """A hash of a file's text; empty for one that cannot be read."""
        text = self.text(path)
        return "" if text is None else fingerprint(text)

    def questions(self, importer: str) -> Iterator[tuple[str, str, int, str | None]]:
        """All (name, importer, level, path or None) that a result for `importer` depends on: what it asked for, what those asked for, and so on."""
        waiting, seen = [importer], {importer}
        while waiting:
            asking = waiting.pop()
            for (name, level), path in self._asked.get(asking, {}).items():
                yield name, asking, level, path
                if path is not None and path not in seen:
                    seen.add(path)
                    waiting.append(path)

    def files_read_for(self, importer: str) -> tuple[str, ...]:
        """The paths of the other files on which a result for `importer` depends, in alphabetical order."""
        return tuple(sorted({path for *_, path in self.questions(importer) if path is not None and path != importer}))

    def _answer(self, name: str, importer: str, level: int) -> str | None:
        known = self._asked.setdefault(importer, {})
        if (name, level) not in known:
            question = os.path.dirname(importer), name, level
            if question not in self._located:
                self._located[question] = self._locate(*question)
            known[name, level] = self._located[question]
        return known[name, level]

    def _locate(self, folder: str, name: str, level: int) -> str | None:
        parts = [part for part in name.split(".") if part]
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return self._module(folder, parts)
        if not parts or parts[0] in NEVER_OURS:
            return None
        found = (self._module(base, parts) for base in self._search(folder) if _may_hold(base, parts[0], folder))
        return next((path for path in found if path is not None), None)

    def _module(self, folder: str, parts: list[str]) -> str | None:
        """`parts` below `folder`: a package or a file. The listings spare a system call for each of many names that do not exist."""
        *packages, last = parts or [""]
        for package in packages:
            if package not in self._listing(folder):
                return None
            folder = os.path.join(folder, package)
        package = os.path.join(folder, last) if last else folder
        if (not last or last in self._listing(folder)) and "__init__.py" in self._listing(package):
            return os.path.join(package, "__init__.py")
        return f"{package}.py" if last and f"{last}.py" in self._listing(folder) else None

    def _search(self, folder: str) -> tuple[str, ...]:
        """The folders in which an absolute import from `folder` is looked up: itself, as in `sys.path[0]`, and those above it in the project."""
        if folder not in self._bases:
            self._bases[folder] = tuple(dict.fromkeys(self._above(folder)))
        return self._bases[folder]

    def _above(self, folder: str) -> Iterator[str]:
        while True:
            yield folder
            at_top = any(mark in self._listing(folder) for mark in _PROJECT_MARKS)
            if at_top and "src" in self._listing(folder):
                yield os.path.join(folder, "src")
            in_package = "__init__.py" in self._listing(folder)
            parent = os.path.dirname(folder)
            if parent == folder or at_top or not (in_package or self._below_root(folder)):
                return
            folder = parent

    def _below_root(self, folder: str) -> bool:
        return any(folder.startswith(os.path.join(root, "")) for root in self.roots)

    def _listing(self, folder: str) -> frozenset[str]:
        if folder not in self._listings:
            try:
                self._listings[folder] = frozenset(os.listdir(folder or "."))
            except OSError:
                self._listings[folder] = frozenset()
        return self._listings[folder]

    def _list_overlaid(self, path: str) -> None:
        folder, name = os.path.split(path)
        self._listings[folder] = self._listing(folder) | {name}


def _may_hold(base: str, top: str, folder: str) -> bool:
    """Between installed packages there is no project: one may only find itself."""
    if os.path.basename(base) not in _INSTALLED:
        return True
    return os.path.join(folder, "").startswith(os.path.join(base, top, ""))


def fingerprint(text: str) -> str:
    """A short hash of a text."""
    return digest(text.encode("utf-8", "surrogatepass"))
