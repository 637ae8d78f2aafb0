"""A diagnosis and the texts of the program's files come in; the same diagnosis with a repair goes out, or as it was where none is certain."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping, Sequence

from whygrad import syntax as ast
from whygrad.dataclass import replace
from whygrad.model import Diagnosis, Edit, Fix, Location
from whygrad.repairs.edits import applied
from whygrad.repairs.file import SourceFile, read
from whygrad.repairs.imported import import_line, tensorflow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Repair(Protocol):
        """What `causes/<slug>/repair.py` has: None where it is not certain what to write."""

        def __call__(self, diagnosis: Diagnosis, source: Source) -> Fix | None: ...


class Source:
    """The files of a diagnosis. `main` is the one it is about."""

    def __init__(self, main: SourceFile, texts: Mapping[str, str]) -> None:
        self.main = main
        self._texts = texts

    def file(self, at: Location | None) -> SourceFile | None:
        """The file of a location; None where there is none, or it is no Python."""
        return read(at.path, self._texts[at.path]) if at is not None and at.path in self._texts else None


def with_repair(diagnosis: Diagnosis, texts: Mapping[str, str]) -> Diagnosis:
    """`texts` are the files by path. Never raises, except under WHYGRAD_STRICT=1."""
    try:
        fix = _offered(diagnosis, texts)
    except Exception:
        if os.environ.get("WHYGRAD_STRICT") == "1":
            raise
        return diagnosis
    return diagnosis if fix is None else replace(diagnosis, fix=fix)


def related_place(diagnosis: Diagnosis, words: str) -> Location | None:
    """The first related place whose sentence begins with `words`."""
    return next((r.location for r in diagnosis.related if r.message.startswith(words)), None)


def tape_place(diagnosis: Diagnosis) -> Location | None:
    return related_place(diagnosis, "the tape begins here")


def asked_place(diagnosis: Diagnosis) -> Location | None:
    return related_place(diagnosis, "the gradient is asked for here")


def _offered(diagnosis: Diagnosis, texts: Mapping[str, str]) -> Fix | None:
    repair = _repair(diagnosis.cause)
    at = diagnosis.location
    if repair is None or at is None or at.path not in texts:
        return None
    main = read(at.path, texts[at.path])
    fix = None if main is None else repair(diagnosis, Source(main, texts))
    if fix is None or main is None:
        return None
    fix = _with_import(fix, main)
    if fix is not None and (diagnosis.certainty != "proven" or diagnosis.severity == "note"):
        fix = replace(fix, safety="review")
    return fix if fix is not None and _is_sound(fix.edits, texts) else None


def _repair(cause: str) -> Repair | None:
    name = f"whygrad.causes.{cause.replace('-', '_')}"  # by name: causes stand on a higher floor, and a repair exists by being there
    if importlib.util.find_spec(name) is None or importlib.util.find_spec(f"{name}.repair") is None:
        return None
    found: Repair = importlib.import_module(f"{name}.repair").repair
    return found


def _with_import(fix: Fix, main: SourceFile) -> Fix | None:
    """An edit that writes `tf.` into a file that does not import TensorFlow brings the import along; None where it cannot."""
    name = tensorflow(main)
    if name != "tf" or "tf" in main.words or not any("tf." in e.replacement for e in fix.edits):
        return fix
    line = import_line(main)
    return None if line is None else replace(fix, edits=(*fix.edits, line))


def _is_sound(edits: Sequence[Edit], texts: Mapping[str, str]) -> bool:
    """Whether the edits change each of their files, do not touch one another, and leave Python."""
    for path in {e.location.path for e in edits}:
        file = read(path, texts[path]) if path in texts else None
        mine = [e for e in edits if e.location.path == path]
        if file is None or not any(e.location.text != e.replacement for e in mine) or not _parses(file, mine):
            return False
    return bool(edits)


def _parses(file: SourceFile, edits: Sequence[Edit]) -> bool:
    """Of the statements at the margin that the edits are in, and the one before them, whose block they may join: the others stay as they are."""
    lines = [line for e in edits for line in (e.location.line, e.location.end_line)]
    body = file.tree.body
    ends = [s.end_lineno or s.lineno for s in body[1:]] + [max(lines)]  # of the statement after each
    touched = [s for s, end in zip(body, ends, strict=False) if s.lineno <= max(lines) and end >= min(lines)]
    start = min([file.at(min(lines), 1), *(file.line_start(file.span(s)[0]) for s in touched)])
    end = max([file.line_end(file.at(max(lines), 1)), *(file.line_end(file.span(s)[1]) for s in touched)])
    after = applied(file, edits, start, end)
    try:
        ast.parse(after)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
