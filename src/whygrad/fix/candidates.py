"""What a run found, and the files, come in; changed files that may be the repair go out, the most promising first. Nothing is run or written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from whygrad.errors import WhygradError
from whygrad.lint.files import read_bytes
from whygrad.lint.fixing import repaired
from whygrad.lint.one_file import Checker
from whygrad.lint.reading import decoded
from whygrad.lint.result import diagnoses_of
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.offering import with_repair

Contents = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Candidate:
    """`contents`: the changed files, by absolute path. `fixes`: the repairs that are in them."""

    contents: dict[str, bytes]
    fixes: tuple[Fix, ...]

    @property
    def title(self) -> str:
        return "; ".join(dict.fromkeys(fix.title for fix in self.fixes))


def candidates(root: str, found: Sequence[Diagnosis], contents: Contents) -> Iterator[Candidate]:
    """For what was found when the files had these contents: all repairs of it together, all that reading the source offers, then each by itself."""
    of_run = [d for d in _with_repairs(found, contents) if _repairs(d)]
    of_source = [d for d in _read_again(root, found, contents) if _repairs(d)]
    known: list[dict[str, bytes]] = []
    for chosen in (of_run, of_source, *([d] for d in (*of_run, *of_source))):
        changed = _changed(chosen, root, contents, settle=chosen is of_source)
        if changed and changed not in known:
            known.append(changed)
            yield Candidate({**contents, **changed}, tuple(d.fix for d in chosen if d.fix is not None))


def _repairs(diagnosis: Diagnosis) -> bool:
    return diagnosis.fix is not None and bool(diagnosis.fix.edits) and diagnosis.severity != "note"


def _with_repairs(found: Sequence[Diagnosis], contents: Contents) -> list[Diagnosis]:
    texts = {path: text for path in files_of(found) if (text := _text(path, contents)) is not None}
    return [with_repair(diagnosis, texts) for diagnosis in found]


def files_of(found: Sequence[Diagnosis]) -> set[str]:
    """Every file that a diagnosis names: repairs change no other."""
    places = [(d.location, *(r.location for r in d.related), *(v.location for v in d.variables), *(s.location for s in d.path)) for d in found]
    return {at.path for some in places for at in some if at is not None and at.path.endswith(".py")}


def _read_again(root: str, found: Sequence[Diagnosis], contents: Contents) -> list[Diagnosis]:
    """What `whygrad check` says of the files in which something was found."""
    checker = Checker((root,), contents=contents)
    files = dict.fromkeys(d.location.path for d in found if d.location is not None)
    return [d for path in files for d in diagnoses_of(checker.check(path).found)]


def _changed(chosen: Sequence[Diagnosis], root: str, contents: Contents, *, settle: bool) -> dict[str, bytes]:
    """The files with these repairs in them and, to `settle`, with those that only come to light after them."""

    def read(path: str) -> bytes:
        return contents[path] if path in contents else read_bytes(path)

    def check(changed: Contents) -> Sequence[Diagnosis]:
        return _read_again(root, chosen, {**contents, **changed}) if settle else ()

    return repaired(chosen, check, read, unsafe=True).contents


def _text(path: str, contents: Contents) -> str | None:
    try:
        return decoded(path, contents[path] if path in contents else read_bytes(path)).text
    except WhygradError:
        return None
