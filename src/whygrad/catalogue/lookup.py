"""The data files come in; a Catalogue that finds entries by name goes out. A file is read once; an entry is parsed when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

from whygrad.catalogue.entry import Entry
from whygrad.catalogue.lines import entry_of
from whygrad.catalogue.names import candidates, written
from whygrad.errors import UsageError, WhygradError

DATA = os.path.join(os.path.dirname(__file__), "data")
SUFFIX = ".txt"


class Catalogue:
    """What was measured with one pair of versions. `tensorflow` and `keras` are "major.minor"."""

    def __init__(self, tensorflow: str, keras: str, lines: list[str]) -> None:
        self.tensorflow = tensorflow
        self.keras = keras
        self._lines = lines
        self._line_of: dict[str, int] = {}
        for number, line in enumerate(lines):
            names = line[: line.index("\t")]  # as `names_of`, without a call for each of thousands of lines
            if " " in names:
                self._line_of |= dict.fromkeys(names.split(" "), number)
            else:
                self._line_of[names] = number
        self._parsed: dict[int, Entry] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Entry]:
        """All entries, by canonical name."""
        return (self._entry(number) for number in range(len(self._lines)))

    def exact(self, name: str) -> Entry | None:
        """The entry with this full name, or None."""
        number = self._line_of.get(name)
        return None if number is None else self._entry(number)

    def find(self, name: str) -> Entry | None:
        """The entry of a function, in any of its public names, or as people write it: `np.round`, `K.argmax`, `top_k`."""
        number = self._line_of.get(name)
        if number is None:
            number = next((self._line_of[full] for full in candidates(name) if full in self._line_of), None)
        return None if number is None else self._entry(number)

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

    def _entry(self, number: int) -> Entry:
        if number not in self._parsed:
            self._parsed[number] = entry_of(self._lines[number])
        return self._parsed[number]


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
        lines = str(data.read(), "utf-8").replace("\r\n", "\n").rstrip("\n").split("\n")
    return Catalogue(f"{a}.{b}", f"{c}.{d}", lines)
