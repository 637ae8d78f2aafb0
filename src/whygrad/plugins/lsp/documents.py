"""Open documents come in; their diagnoses go out, as `whygrad check` would report them with the texts of the editor in the place of the disk's."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from whygrad.errors import UsageError
from whygrad.lint.one_file import Checker, flow_engine
from whygrad.lint.result import diagnoses_of
from whygrad.lint.selection import Selection
from whygrad.model import Diagnosis

Engine = Callable[..., tuple[Diagnosis, ...]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one version of a text. `trouble` is a line for the user where the settings cannot be read."""

    text: str
    diagnoses: tuple[Diagnosis, ...]
    trouble: str = ""


def check_document(path: str, texts: Mapping[str, str], roots: tuple[str, ...], engine: Engine = flow_engine) -> Checked:
    """Check the document at `path`; `texts` are all open documents by absolute path. A text that is no Python yet has no findings."""
    text = texts[path]
    contents = {other: content.encode("utf-8", "surrogatepass") for other, content in texts.items() if other.endswith(".py")}
    checker = Checker((*roots, os.path.dirname(path)), engine, None, contents)
    try:
        selection = Selection()
        if path not in contents or not checker.matters(path) or selection.excludes(path):
            return Checked(text, ())
        return Checked(text, diagnoses_of(selection.wanted([checker.check(path)], checker)))
    except UsageError as error:
        return Checked(text, (), str(error))
