"""A folder comes in; what the nearest `[tool.whygrad]` in a pyproject.toml says goes out. Unknown keys and slugs are refused in one line.

[tool.whygrad]
select = ["outside-tape"]                  # only these
ignore = ["unused-variable"]               # not these
exclude = ["third_party", "*_generated.py"]
[tool.whygrad.per-file-ignores]
"tests/**" = ["gradient-stopped"]
"""

from __future__ import annotations

import os
import sys

from whygrad.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Iterable
    from typing import Any

FILE = "pyproject.toml"
KEYS = ("select", "ignore", "exclude", "per-file-ignores")
SECTION = "[tool.whygrad]"


class Config:
    """The settings of one pyproject.toml. `folder` is where it stands: patterns are relative to it. Without one everything is at its default."""

    __slots__ = ("exclude", "folder", "ignore", "per_file_ignores", "select")

    def __init__(
        self,
        folder: str = "",
        select: Iterable[str] | None = None,
        ignore: Iterable[str] = (),
        exclude: Iterable[str] = (),
        per_file_ignores: Iterable[tuple[str, Iterable[str]]] = (),
    ) -> None:
        self.folder = folder
        self.select = None if select is None else frozenset(select)
        self.ignore = frozenset(ignore)
        self.exclude = tuple(exclude)
        self.per_file_ignores = tuple((pattern, frozenset(slugs)) for pattern, slugs in per_file_ignores)

    def excludes(self, path: str) -> bool:
        """Whether a pattern of `exclude` matches an absolute path or a folder above it."""
        return any(matches(pattern, path, self.folder) for pattern in self.exclude)

    def wants(self, slug: str, path: str, *, selected: bool = False) -> bool:
        """Whether findings of a cause are wanted in the file with this absolute path. `selected`: the command line has chosen it by name."""
        if not selected and (slug in self.ignore or (self.select is not None and slug not in self.select)):
            return False
        return not any(slug in slugs and matches(pattern, path, self.folder) for pattern, slugs in self.per_file_ignores)


class Configs:
    """The Config of each folder, read once. `known` gives all slugs; it is asked only where a file names one."""

    def __init__(self, known: Callable[[], Collection[str]]) -> None:
        self._known = known
        self._by_folder: dict[str, Config] = {}

    def of(self, folder: str) -> Config:
        """The settings of the nearest pyproject.toml with a `[tool.whygrad]`, in `folder` or above. Raises UsageError."""
        if folder not in self._by_folder:
            parent = os.path.dirname(folder)
            here = read_config(os.path.join(folder, FILE), self._known)
            self._by_folder[folder] = here or (Config() if parent == folder else self.of(parent))
        return self._by_folder[folder]


def read_config(path: str, known: Callable[[], Collection[str]]) -> Config | None:
    """The settings in one pyproject.toml; None when it does not exist or says nothing about whygrad. Raises UsageError."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return None
    if not _may_have_section(content):
        return None
    section = _section(path, content)
    return None if section is None else _config(path, section, known)


def _may_have_section(content: bytes) -> bool:
    """Without parsing: the words stand on one line, or below `[tool]`. Most projects have nothing for us, and the parser takes its time."""
    if b"whygrad" not in content:
        return False
    return b"[tool]" in content.replace(b" ", b"") or any(b"tool" in line and b"whygrad" in line for line in content.splitlines())


def _section(path: str, content: bytes) -> dict[str, Any] | None:
    if sys.version_info >= (3, 11):
        import tomllib as toml
    else:
        import tomli as toml
    try:
        data = toml.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not valid TOML ({error}); correct it") from None
    tools = data.get("tool")
    section = tools.get("whygrad") if isinstance(tools, dict) else None
    if section is not None and not isinstance(section, dict):
        raise UsageError(f"{path}: tool.whygrad is no table; write it as {SECTION}")
    return section


def _config(path: str, section: dict[str, Any], known: Callable[[], Collection[str]]) -> Config:
    for key in section:
        if key not in KEYS:
            raise UsageError(f"{path}: {SECTION} has no key {key!r}; {_meant(key, KEYS)}")
    per_file = section.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        raise UsageError(f'{path}: per-file-ignores in {SECTION} is no table; write: per-file-ignores = {{"tests/**" = ["slug"]}}')
    return Config(
        os.path.dirname(path),
        slugs(_strings(path, "select", section), f"{path}: select in {SECTION}", known) if "select" in section else None,
        slugs(_strings(path, "ignore", section), f"{path}: ignore in {SECTION}", known),
        _strings(path, "exclude", section),
        [(p, slugs(_strings(path, p, per_file), f"{path}: per-file-ignores in {SECTION}", known)) for p in per_file],
    )


def _strings(path: str, key: str, table: dict[str, Any]) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f'{path}: {key} in {SECTION} is no list of strings; write: {key} = ["..."]')
    return value


def slugs(names: Iterable[str], where: str, known: Callable[[], Collection[str]]) -> list[str]:
    """The names, each a known slug. Raises UsageError, which begins with `where`."""
    names = list(names)
    for name in names:
        if name not in known():
            raise UsageError(f"{where} names {name!r}, which is no cause; {_meant(name, known())}")
    return names


def _meant(name: str, known: Collection[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, n=2, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(sorted(known))}"


def matches(pattern: str, path: str, folder: str) -> bool:
    """Whether a pattern means an absolute path or a folder above it. `**` stands for any folders, `*` for letters of one name.

    A pattern without a slash means names anywhere; with one it begins at `folder`.
    """
    parts = _relative(path, folder).split("/")
    if "/" not in pattern.rstrip("/"):
        return any(_compiled(pattern.rstrip("/")).fullmatch(part) for part in parts)
    relative = pattern.rstrip("/").removeprefix("./").removeprefix("/")
    return any(_compiled(relative).fullmatch("/".join(parts[:end])) for end in range(1, len(parts) + 1))


def _relative(path: str, folder: str) -> str:
    path, folder = path.replace(os.sep, "/"), folder.replace(os.sep, "/").rstrip("/") + "/"
    return path.removeprefix(folder).lstrip("/")


_patterns: dict[str, re.Pattern[str]] = {}


def _compiled(pattern: str) -> re.Pattern[str]:
    import re

    if pattern not in _patterns:
        pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", pattern)
        _patterns[pattern] = re.compile("".join(map(_piece, pieces)), re.DOTALL)
    return _patterns[pattern]


def _piece(piece: str) -> str:
    import re

    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if piece in wild:
        return wild[piece]
    if piece.startswith("[") and piece.endswith("]") and len(piece) > 2:
        inside = piece[1:-1].replace("\\", "\\\\")
        return f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
    return re.escape(piece)
