"""An engine that knows nothing of gradients: each word `cut_...` of a program is a finding. What follows `cut_` says how it can be repaired."""

from __future__ import annotations

import ast
import os
import re

from whygrad.lint.modules import ModuleFinder
from whygrad.model import Diagnosis, Edit, Fix, Location
from whygrad.words import Safety

WORD = re.compile(r"\bcut_\w+")
IMPORT = re.compile(r"^import (\w+)", re.MULTILINE)
CALLS = "calls.txt"  # beside the file: one line for each call, so that a test can see what came from the cache


def examine(path: str, text: str, project: ModuleFinder) -> tuple[Diagnosis, ...]:
    """`cut_safe` and `cut_review` become `mended`; `cut_loop` grows for ever; `cut_break` becomes what does not parse. Imports are followed."""
    log = os.path.join(os.path.dirname(path), CALLS)
    if os.path.exists(log):
        with open(log, "a", encoding="utf-8") as file:
            file.write(os.path.basename(path) + "\n")
    if "the process dies" in text:
        os._exit(9)
    if "the engine fails" in text:
        raise KeyError("a fault")
    if "nested deeply" in text:
        raise RecursionError
    if "cut_elsewhere b 1" in text:
        source = project.source_of("b", path)
        assert source is not None
        return (Diagnosis("outside-tape", "proven", "error", "cut_elsewhere found", "", Location(source[0], 1, 1, 1, 2, text="x")),)
    ast.parse(text)
    found = [_diagnosis(path, line, number, match) for number, line in enumerate(text.split("\n"), 1) for match in WORD.finditer(line)]
    imported = [project.source_of(name, path) for name in IMPORT.findall(text)]
    return tuple(_told(diagnosis, sum("cut_" in module[1] for module in imported if module is not None)) for diagnosis in found)


def _diagnosis(path: str, line: str, number: int, match: re.Match[str]) -> Diagnosis:
    word = match.group()
    at = Location(path, number, match.start() + 1, number, match.end() + 1, "<module>", word, (line,))
    new = {"cut_loop": f"{word}_", "cut_break": ")("}.get(word.rstrip("_"), "mended")
    safety: Safety = "review" if word == "cut_review" else "safe"
    fix = None if word == "cut_here" else Fix(f"write {new}", safety, None, (Edit(at, new),))
    severity = "note" if word == "cut_note" else "error"
    return Diagnosis("outside-tape", "proven", severity, f"{word} found", "", at, fix=fix)  # type: ignore[arg-type]


def _told(diagnosis: Diagnosis, elsewhere: int) -> Diagnosis:
    import dataclasses

    return dataclasses.replace(diagnosis, message=f"{diagnosis.message}, {elsewhere} modules") if elsewhere else diagnosis
