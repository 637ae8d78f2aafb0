"""Diagnoses come in; the diagnostics that an editor shows go out, and the repairs that it offers for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.workspace import PositionCodec

from whygrad.lint.comments import UNUSED
from whygrad.model import Diagnosis, Location
from whygrad.plugins.lsp.places import lines_of, range_of
from whygrad.words import Severity

SOURCE = "whygrad"
_SEVERITY: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}


def diagnostic(found: Diagnosis, path: str, text: str, codec: PositionCodec) -> types.Diagnostic:
    """One finding of the document `path`; one of another file stands at its head."""
    lines = lines_of(text)
    at = found.location
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
    return types.Diagnostic(
        range=range_of(at, lines, codec) if at is not None and at.path == path else nowhere,
        message=_elsewhere(at, path) + _doubt(found) + found.message + (f"\n{found.explanation}" if found.explanation else ""),
        severity=_SEVERITY[found.severity],
        code=found.cause,
        code_description=types.CodeDescription(found.help) if "://" in found.help else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if found.cause == UNUSED else None,
        related_information=list(_related(found, path, lines, codec)),
    )


def _elsewhere(at: Location | None, path: str) -> str:
    return "" if at is None or at.path == path else f"{Path(at.path).name}:{at.line}: "


def _doubt(found: Diagnosis) -> str:
    return "likely: " if found.certainty == "likely" else ""


def actions(found: Diagnosis, path: str, text: str, codec: PositionCodec) -> Iterator[types.CodeAction]:
    """The repair of a finding, and the comment that silences it. `text` is what the finding was made from."""
    shown = diagnostic(found, path, text, codec)
    lines = lines_of(text)
    fix = found.fix
    if fix is not None and fix.edits and all(edit.location.path == path for edit in fix.edits):
        edits = [types.TextEdit(range_of(edit.location, lines, codec), edit.replacement) for edit in fix.edits]
        yield _action(fix.title if fix.safety == "safe" else f"{fix.title} (review)", path, edits, shown, preferred=fix.safety == "safe")
    if found.cause != UNUSED and found.location is not None and found.location.path == path:
        edit = _comment(found.location.end_line, lines, found.cause, codec)
        if edit is not None:
            yield _action(f"ignore {found.cause} here", path, [edit], shown, preferred=False)


def _action(title: str, path: str, edits: list[types.TextEdit], shown: types.Diagnostic, *, preferred: bool) -> types.CodeAction:
    return types.CodeAction(
        title=f"whygrad: {' '.join(title.split())}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[shown],
        is_preferred=preferred,
        edit=types.WorkspaceEdit(changes={uri_of(path): edits}),
    )


def _comment(number: int, lines: Sequence[str], slug: str, codec: PositionCodec) -> types.TextEdit | None:
    """A comment at the end of a line, where that is code: not within a string, not behind another comment."""
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    added = f"  # whygrad: ignore[{slug}]"
    if "#" in line or line.endswith("\\"):
        return None
    changed = [*lines[: number - 1], line + added, *lines[number:]]
    if not _same_program("\n".join(lines), "\n".join(changed)):
        return None
    end = types.Position(number - 1, codec.client_num_units(line))
    return types.TextEdit(types.Range(end, end), added)


def _same_program(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _related(found: Diagnosis, path: str, lines: Sequence[str], codec: PositionCodec) -> Iterator[types.DiagnosticRelatedInformation]:
    for related in found.related:
        at = related.location
        if at is not None:
            there = lines if at.path == path else ["" for _ in range(at.line - 1)] + list(at.source)
            yield types.DiagnosticRelatedInformation(types.Location(uri_of(at.path), range_of(at, there, codec)), related.message)


def uri_of(path: str) -> str:
    """The address of a file."""
    return uris.from_fs_path(path) or Path(path).as_uri()
