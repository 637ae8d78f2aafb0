"""The data files come in; a Catalogue that finds entries by name goes out. A file is read once; an entry is parsed when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache, cached_property

from whygrad.catalogue.entry import Entry
from whygrad.catalogue.lines import entry_of, names_of
from whygrad.catalogue.names import candidates, written
from whygrad.errors import UsageError, WhygradError

DATA = os.path.join(os.path.dirname(__file__), "data")
SUFFIX = ".txt"


FIRST = 32  # names that are looked for in the text: to list them all takes as long as so many searches


class Catalogue:
    """What was measured with one pair of versions. `tensorflow` and `keras` are "major.minor"; `content` is that of the data file."""

    def __init__(self, tensorflow: str, keras: str, content: bytes) -> None:
        self.tensorflow = tensorflow
        self.keras = keras
        self._content = content
        self._searched = 0
        self._parsed: dict[str, Entry] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Entry]:
        """All entries, by canonical name."""
        return map(self._entry, self._lines)

    def exact(self, name: str) -> Entry | None:
        """The entry with this full name, or None."""
        line = self._line(name)
        return None if line is None else self._entry(line)

    def find(self, name: str) -> Entry | None:
        """The entry of a function, in any of its public names, or as people write it: `np.round`, `K.argmax`, `top_k`."""
        found = self.exact(name)
        return found or next((entry for entry in map(self.exact, candidates(name)) if entry is not None), None)

    def get(self, name: str) -> Entry:
        """As `find`. Raises UsageError, which names the nearest ones."""
        found = self.find(name)
        if found is not None:
            return found
        near = self.suggest(name)
        advice = f"did you mean {' or '.join(near)}?" if near else "the list: whygrad ops"
        raise UsageError(f"no public function is called {name!r} in TensorFlow {self.tensorflow} with Keras {self.keras}; {advice}")

    def suggest(self, name: str, count: int = 3) -> tuple[str, ...]:
        """Names that look like `name`, as people write them."""
        import difflib

        last = name.strip().rpartition(".")[2].lower()
        by_last: dict[str, list[str]] = {}
        for full in self._line_of:
            by_last.setdefault(full.rpartition(".")[2].lower(), []).append(written(full))
        near = difflib.get_close_matches(last, by_last, n=count, cutoff=0.6) or [x for x in by_last if len(last) > 2 and last in x][:count]
        found = [min(by_last[word], key=lambda other: _distance(name, other)) for word in near]
        return tuple(dict.fromkeys(found))

    def _line(self, name: str) -> str | None:
        self._searched += 1
        return _line_with(self._content, name.encode()) if self._searched <= FIRST else self._line_of.get(name)

    @cached_property
    def _lines(self) -> list[str]:
        return str(self._content, "utf-8").splitlines()

    @cached_property
    def _line_of(self) -> dict[str, str]:
        return {name: line for line in self._lines for name in names_of(line)}

    def _entry(self, line: str) -> Entry:
        if line not in self._parsed:
            self._parsed[line] = entry_of(line)
        return self._parsed[line]


def _line_with(content: bytes, name: bytes) -> str | None:
    """The line that has this name among those before its tab."""
    at = content.find(name)
    while at >= 0:
        start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
        line = content[start : end if end >= 0 else len(content)]
        if name in line.partition(b"\t")[0].split(b" "):
            return str(line, "utf-8").rstrip("\r")
        at = content.find(name, at + 1)
    return None


def _distance(name: str, other: str) -> tuple[float, int]:
    import difflib

    return (-difflib.SequenceMatcher(None, name, other).ratio(), len(other))


def versions() -> tuple[tuple[str, str], ...]:
    """The measured pairs (TensorFlow, Keras), oldest first."""
    return tuple((f"{a}.{b}", f"{c}.{d}") for a, b, c, d in sorted(_files()))


def load(tensorflow: str | None = None) -> Catalogue:
    """The catalogue of the newest measured TensorFlow, or the one nearest to the version given ("2.17", "2.17.1").

    Raises UsageError for what is no version.
    """
    files = _files()
    if not files:
        raise WhygradError(f"the catalogue is missing from {DATA}: install whygrad again")
    key = max(files) if tensorflow is None else _nearest(sorted(files), tensorflow)
    return _read(files[key], key)


def _files() -> dict[tuple[int, int, int, int], str]:
    found = {}
    for name in os.listdir(DATA):
        tensorflow, _, keras = name.removeprefix("tensorflow-").removesuffix(SUFFIX).partition("-keras-")
        numbers = f"{tensorflow}.{keras}".split(".")
        if len(numbers) == 4 and all(map(str.isdecimal, numbers)):
            a, b, c, d = map(int, numbers)
            found[a, b, c, d] = os.path.join(DATA, name)
    return found


def _nearest(known: list[tuple[int, int, int, int]], wanted: str) -> tuple[int, int, int, int]:
    import re

    match = re.match(r"(\d+)\.(\d+)", wanted)
    if match is None:
        raise UsageError(f"{wanted!r} is no version of TensorFlow; write it like 2.15")
    major, minor = map(int, match.groups())
    return min(known, key=lambda k: abs(100 * (k[0] - major) + k[1] - minor))


@cache
def _read(file: str, key: tuple[int, int, int, int]) -> Catalogue:
    a, b, c, d = key
    with open(file, "rb") as data:
        return Catalogue(f"{a}.{b}", f"{c}.{d}", data.read())
