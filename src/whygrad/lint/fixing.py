"""Diagnoses with repairs come in; new contents of files go out. Nothing is written here.

A repair is applied whole or not at all. Of two that touch the same characters the first wins and the other waits for the next round; one after
which a file is no Python is given up. Rounds go on until nothing changes; a file that never settles stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from whygrad.errors import InputError
from whygrad.lint.cells import cell_sources, with_sources
from whygrad.lint.editing import Change, change_of, changed, collide, parses, unified_diff
from whygrad.lint.notebook import PLACE, without_magics
from whygrad.lint.reading import SourceFile, decoded
from whygrad.model import Diagnosis, Fix

MOST_ROUNDS = 10

Contents = Mapping[str, bytes]
Check = Callable[[Contents], Sequence[Diagnosis]]  # with these contents in the place of the disk's


@dataclass
class Repaired:
    """`contents` are the changed files. `diagnoses` is what is found after it, `applied` how many repairs were made."""

    contents: dict[str, bytes]
    diagnoses: Sequence[Diagnosis]
    applied: int = 0
    unsettled: list[str] = field(default_factory=list)


def repaired(found: Sequence[Diagnosis], check: Check, read: Callable[[str], bytes], *, unsafe: bool) -> Repaired:
    """Apply the repairs of `found`, check again, and so on. `read` gives the content of a file; an InputError of it leaves the file alone."""
    result = Repaired({}, found)

    def current(path: str) -> bytes:
        return result.contents[path] if path in result.contents else read(path)

    for _ in range(MOST_ROUNDS):
        change = _one_round(result.diagnoses, current, unsafe)
        if not change.contents:
            return result
        result.contents |= change.contents
        result.applied += change.applied
        result.diagnoses = check(result.contents)
    restless = _one_round(result.diagnoses, current, unsafe).contents
    for path in restless:
        result.contents.pop(path, None)
        result.unsettled.append(path)
    if restless:
        result.diagnoses = check(result.contents)
    return result


def diff(path: str, old: bytes, new: bytes) -> str:
    """The changes of one file as a unified diff; of a notebook one for each cell. `path` is what the diff calls it."""
    before, after = decoded(path, old).original, decoded(path, new).original
    if not path.endswith(".ipynb"):
        return unified_diff(path, before, after)
    old_cells, new_cells = cell_sources(before), cell_sources(after)
    return "".join(unified_diff(f"{path}:cell {number}", source, new_cells[number]) for number, source in old_cells.items())


def _one_round(found: Sequence[Diagnosis], read: Callable[[str], bytes], unsafe: bool) -> Repaired:
    drafts: dict[str, _Draft | None] = {}
    applied = 0
    for fix in (d.fix for d in found if d.fix is not None and d.fix.edits and (unsafe or d.fix.safety == "safe")):
        for edit in fix.edits:
            file = _file_of(edit.location.path)
            if file not in drafts:
                drafts[file] = _draft(file, read)
        applied += _take(fix, drafts)
    contents = {path: draft.content() for path, draft in drafts.items() if draft is not None and draft.is_changed()}
    return Repaired(contents, found, applied)


def _take(fix: Fix, drafts: Mapping[str, _Draft | None]) -> bool:
    """Add the edits of a repair to the drafts, all or none. True when something changes."""
    taken: list[tuple[_Draft, str, Change]] = []
    for edit in fix.edits:
        draft = drafts[_file_of(edit.location.path)]
        change = None if draft is None else draft.change(edit.location.path, change_of(draft.parts.get(edit.location.path, ""), edit))
        if draft is None or change is None or any(d is draft and p == edit.location.path and collide(c, change) for d, p, c in taken):
            return False
        taken.append((draft, edit.location.path, change))
    before = [(draft, {part: list(changes) for part, changes in draft.changes.items()}) for draft, *_ in taken]
    for draft, part, change in taken:
        draft.changes.setdefault(part, []).append(change)
    if all(draft.is_possible(part) for draft, part, _ in taken) and any(draft.differs(part, change) for draft, part, change in taken):
        return True
    for draft, changes in before:
        draft.changes = changes
    return False


@dataclass
class _Draft:
    """A file being changed. Its parts are the texts that edits name: the file itself, or each cell of a notebook."""

    source: SourceFile
    parts: dict[str, str]
    changes: dict[str, list[Change]] = field(default_factory=dict)

    def change(self, part: str, change: Change | None) -> Change | None:
        """The change, unless another touches the same characters."""
        return None if change is None or any(collide(change, other) for other in self.changes.get(part, ())) else change

    def text(self, part: str) -> str:
        return changed(self.parts[part], set(self.changes.get(part, ())))

    def differs(self, part: str, change: Change) -> bool:
        return self.parts[part][change[0] : change[1]] != change[2]

    def is_possible(self, part: str) -> bool:
        """Whether the part is Python and the file's encoding can express it."""
        text = self.text(part)
        try:
            self.source.encoded(text)
        except InputError:
            return False
        return parses(text) or (PLACE.match(part) is not None and parses("\n".join(without_magics(text.split("\n")))))

    def is_changed(self) -> bool:
        return any(self.text(part) != original for part, original in self.parts.items())

    def content(self) -> bytes:
        if self.source.path in self.parts:
            return self.source.encoded(self.text(self.source.path))
        cells = {int(part.rpartition(" ")[2]): self.text(part) for part in self.changes}
        return self.source.encoded(with_sources(self.source.original, cells))


def _draft(path: str, read: Callable[[str], bytes]) -> _Draft | None:
    try:
        source = decoded(path, read(path))
    except InputError:
        return None
    if not path.endswith(".ipynb"):
        return _Draft(source, {path: source.original})
    return _Draft(source, {f"{path}:cell {number}": text for number, text in cell_sources(source.original).items()})


def _file_of(path: str) -> str:
    place = PLACE.match(path)
    return place.group(1) if place else path
