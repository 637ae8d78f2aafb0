"""A folder and new contents for some of its files come in; a folder that looks the same goes out, in which these files have the new contents.

Everything else in it is a link to the original, so that a program finds its modules and its data; nothing of the user's is changed. Where links
cannot be made (Windows without the right to), files are copied.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shadow:
    """`root` is the original, `folder` what looks like it."""

    root: str
    folder: str

    def inside(self, path: str) -> str:
        """Where a file of the original lies in the shadow; one from elsewhere stays where it is."""
        return os.path.join(self.folder, os.path.relpath(path, self.root)) if covers(self.root, path) else path

    def outside(self, path: str) -> str:
        """The original of a file of the shadow."""
        return os.path.join(self.root, os.path.relpath(path, self.folder)) if covers(self.folder, path) else path


@contextlib.contextmanager
def shadow(root: str, contents: Mapping[str, bytes]) -> Iterator[Shadow]:
    """`root` is absolute; `contents` are the changed files by absolute path. Those outside of `root` are left out."""
    with tempfile.TemporaryDirectory(prefix="whygrad-fix-", ignore_cleanup_errors=True) as scratch:
        made = Shadow(root, os.path.join(os.path.realpath(scratch), os.path.basename(root) or "root"))
        changed = {os.path.relpath(path, root): content for path, content in contents.items() if covers(root, path)}
        _mirror(root, made.folder, [path.split(os.sep) for path in changed])
        for path, content in changed.items():
            with open(os.path.join(made.folder, path), "wb") as file:
                file.write(content)
        yield made


def covers(folder: str, path: str) -> bool:
    """Whether a path lies below a folder. Both are absolute."""
    return path.startswith(os.path.join(folder, ""))


def _mirror(original: str, target: str, changed: Iterable[list[str]]) -> None:
    """Link what is in `original`; folders with changed files in them are made anew, and the changed files left out."""
    os.mkdir(target)
    below: dict[str, list[list[str]]] = {}
    for first, *rest in changed:
        below.setdefault(first, []).append(rest)
    for entry in os.scandir(original):
        place = os.path.join(target, entry.name)
        if entry.name not in below:
            _link(entry.path, place)
        elif all(below[entry.name]):
            _mirror(entry.path, place, below[entry.name])


def _link(original: str, place: str) -> None:
    try:
        os.symlink(original, place)
    except (OSError, NotImplementedError):
        if os.path.isdir(original):
            shutil.copytree(original, place)
        else:
            shutil.copyfile(original, place)
