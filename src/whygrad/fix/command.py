"""The arguments of `whygrad fix` come in; the program is run, its repairs are tried out, and those that help go out: shown, or written."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whygrad.errors import InputError, UsageError
from whygrad.fix.candidates import files_of
from whygrad.fix.differences import diff_of, edits_of
from whygrad.fix.proving import Proof, loud, prove, reported
from whygrad.fix.trial import Target, target_of, try_out
from whygrad.lint.files import read_bytes
from whygrad.lint.writing import replace_file
from whygrad.model import Diagnosis, Report
from whygrad.render import FORMATS
from whygrad.render.concise import one_line
from whygrad.render.paths import short_path
from whygrad.render.write import write_stdout, write_text
from whygrad.target import find_program

REPAIRED, LEFT = 0, 1


def fix_command(
    name: str,
    args: Sequence[str],
    *,
    module: bool = False,
    format: str = "terminal",  # noqa: A002 - the name of the option
    output: Path | None = None,
    write: bool = False,
    timeout: float = 600.0,
    screen: dict[str, Any],
) -> int:
    """0: nothing was wrong, or everything has a repair that works; 1: something is left. Raises UsageError and InputError."""
    target = _checked(target_of(name, args, module=module, timeout=timeout))
    _say("running the program as it is")
    before = try_out(target, {}, 0)
    if before is None:
        raise InputError(f"{name}: the program gave no report within {timeout:g} s; see what `whygrad run {name}` says, or give more with --timeout")
    originals = {path: read_bytes(path) for path in files_of(before.diagnoses) if os.path.isfile(path)}
    proof = prove(target, before, _say)
    report = dataclasses.replace(before, command="fix", diagnoses=reported(proof, edits_of(proof.contents)))
    diff = diff_of(proof.contents)
    if write:
        report = dataclasses.replace(report, notices=(*report.notices, *_written(proof, originals)))
    text = (
        _text(report, proof, diff, "" if write else f"to apply it: whygrad fix --write {name}\n")
        if format == "terminal"
        else FORMATS[format](report, **screen)
    )
    write_stdout(text) if output is None else write_text(output, text)
    return LEFT if len(proof.gone) < len(loud(before)) else REPAIRED


def _checked(target: Target) -> Target:
    """Raises UsageError for a program that cannot be found or compiled: it would fail again in every trial."""
    try:
        find_program(target.name, module=target.module)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{target.name}: the program cannot be compiled: {error}") from None
    return target


def _say(text: str) -> None:
    print(f"whygrad: {text}", file=sys.stderr, flush=True)


def _written(proof: Proof, originals: dict[str, bytes]) -> list[str]:
    """Put the new contents in place; a sentence for each file. One that somebody changed meanwhile is left alone."""
    said = []
    for path, content in proof.contents.items():
        if read_bytes(path) != originals[path]:
            said.append(f"{short_path(path)}: was changed meanwhile, and left as it is; run the command again")
            continue
        try:
            replace_file(path, content)
            said.append(f"{short_path(path)}: repaired")
        except OSError as error:
            said.append(f"{short_path(path)}: cannot be written ({error.strerror}); give yourself permission, or apply the diff by hand")
    return said


# -- for people ---------------------------------------------------------------------------------------------------------------


def _text(report: Report, proof: Proof, diff: str, apply: str) -> str:
    gone, found = proof.gone, loud(report)
    if not found:
        return "whygrad: nothing to repair: every gradient that the program asked for is there\n"
    left = [d for d in found if d.fix is None or not d.fix.verified]
    parts = [f"whygrad: {_count(len(gone), len(found))}\n", *map(_line, [d for d in found if d not in left])]
    if proof.contents:
        parts += ["\n", diff, "\n", _how(proof), apply]
    if left:
        parts += ["\n", "without a repair that works:\n", *map(_line, left), *map(_advice, left)]
    return "".join(parts) + "".join(f"whygrad: {one_line(notice)}\n" for notice in report.notices)


def _count(gone: int, found: int) -> str:
    if found == 1:
        return "a repair that works" if gone else "no repair was found that works"
    return f"{gone} of {found} findings have a repair that works"


def _line(diagnosis: Diagnosis) -> str:
    at = diagnosis.location
    place = "" if at is None else f"{short_path(at.path)}:{at.line}: "
    return f"  {place}{one_line(diagnosis.message)} [{diagnosis.cause}]\n"


def _advice(diagnosis: Diagnosis) -> str:
    return "" if diagnosis.fix is None else f"    to do by hand: {one_line(diagnosis.fix.title)}\n"


def _how(proof: Proof) -> str:
    rows = {row.variable for row in proof.after.gradients if row.status == "ok"}
    every = "the gradient is there, finite and not zero" if len(rows) == 1 else f"all {len(rows)} gradients are there, finite and not zero"
    return (
        f"tried out: the changed program ran, and {every}\n"
        if not loud(proof.after)
        else "tried out: the changed program ran, and less is wrong with it\n"
    )
