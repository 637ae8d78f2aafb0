"""A program's text comes in; what `whygrad check --fix --unsafe-fixes` makes of it goes out, without the command and the disk around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whygrad.lint.fixing import repaired
from whygrad.lint.flow import examine
from whygrad.lint.one_file import Checker
from whygrad.lint.program import read_program
from whygrad.model import Diagnosis

ROOT = Path(__file__).resolve().parents[2]
PAIRS = {p.parent.name: p for p in sorted((ROOT / "src" / "whygrad" / "causes").glob("*/broken.py"))}
CORPUS = {p.parent.name: p for p in sorted((ROOT / "corpus").glob("*/broken.py"))}


@dataclass(frozen=True)
class Rounds:
    """`found`: before; `left`: after. `settled`: a further round would change nothing."""

    found: tuple[Diagnosis, ...]
    left: tuple[Diagnosis, ...]
    text: str
    settled: bool

    @property
    def offered(self) -> bool:
        """Whether the first finding has a repair."""
        return bool(self.found and self.found[0].fix and self.found[0].fix.edits)


def check(path: str, content: bytes) -> tuple[Diagnosis, ...]:
    program = read_program(path, content)
    found = examine(path, program.text, Checker((str(Path(path).parent),), contents={path: content}).finder)
    return tuple(map(program.shown, found))


def rounds(content: bytes, path: str = "train.py", *, unsafe: bool = True) -> Rounds:
    def again(contents: Mapping[str, bytes]) -> tuple[Diagnosis, ...]:
        return check(path, contents.get(path, content))

    found = check(path, content)
    result = repaired(found, again, lambda _: content, unsafe=unsafe)
    after = result.contents.get(path, content)
    return Rounds(found, tuple(result.diagnoses), after.decode(), not result.unsettled)
