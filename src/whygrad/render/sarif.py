"""A Report comes in; a SARIF 2.1.0 log goes out, as code scanning services read it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from whygrad.model import Diagnosis, Edit, Fix, Location, PathStep, Report
from whygrad.render.paths import cell_of, short_path
from whygrad.words import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "note"}
_ROOT = "SRCROOT"


def render(
    report: Report, *, width: int = 80, color: bool = False, encoding: str = "utf-8", gradients: bool | None = None, variables: bool = False
) -> str:
    """The log as ASCII JSON. The other arguments have no effect."""
    return json.dumps(sarif(report), indent=1, ensure_ascii=True) + "\n"


def sarif(report: Report) -> dict[str, Any]:
    """One run. Columns are counted in characters, as everywhere in whygrad."""
    slugs = sorted({diagnosis.cause for diagnosis in report.diagnoses})
    driver = {"name": "whygrad", "version": report.version, "rules": [_rule(slug) for slug in slugs]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"uri": _folder_uri()}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [_notice(n) for n in report.notices]}],
        "results": [_result(diagnosis, slugs.index(diagnosis.cause)) for diagnosis in report.diagnoses],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(slug: str) -> dict[str, Any]:
    from whygrad.causes import all_causes

    cause = all_causes().get(slug)
    rule: dict[str, Any] = {"id": slug, "name": "".join(part.capitalize() for part in slug.split("-"))}
    if cause is None:
        return rule
    return rule | {"shortDescription": {"text": cause.title}, "help": {"text": cause.page}}


def _result(diagnosis: Diagnosis, index: int) -> dict[str, Any]:
    doubt = "likely: " if diagnosis.certainty == "likely" else ""
    text = "\n\n".join(filter(None, (f"{doubt}{diagnosis.message}", diagnosis.explanation)))
    result = {
        "ruleId": diagnosis.cause,
        "ruleIndex": index,
        "level": _LEVEL[diagnosis.severity],
        "message": {"text": text},
        "locations": [_location(diagnosis.location)] if diagnosis.location else [],
        "relatedLocations": [
            {**_location(r.location), "id": number, "message": {"text": r.message}}
            for number, r in enumerate(diagnosis.related, 1)
            if r.location is not None
        ],
        "codeFlows": [{"threadFlows": [{"locations": steps}]}] if (steps := list(map(_step, diagnosis.path))) else [],
        "fixes": [_fix(diagnosis.fix)] if diagnosis.fix is not None and diagnosis.fix.edits else [],
        "properties": {"certainty": diagnosis.certainty, "gradient": diagnosis.gradient, "variables": [v.name for v in diagnosis.variables]},
    }
    return {name: value for name, value in result.items() if value != []}


def _step(step: PathStep) -> dict[str, Any]:
    text = step.what if step.carries_gradient else f"{step.what} (the gradient stops here)"
    return {"location": {**({} if step.location is None else _location(step.location)), "message": {"text": text}}}


def _location(at: Location) -> dict[str, Any]:
    """The region of a notebook counts within the cell, which is named as a logical location."""
    path, cell = cell_of(at.path)
    logical: list[dict[str, Any]] = [{"fullyQualifiedName": at.function, "kind": "function"}] if at.function not in ("", "<module>") else []
    logical += [{"name": f"cell {cell}"}] if cell is not None else []
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(path), "region": _region(at)}}
    return {**location, "logicalLocations": logical} if logical else location


def _region(at: Location) -> dict[str, Any]:
    region = {"startLine": max(at.line, 1), "startColumn": max(at.column, 1), "endLine": max(at.end_line, 1), "endColumn": max(at.end_column, 1)}
    return {**region, "snippet": {"text": at.text}} if at.text else region


def _fix(fix: Fix) -> dict[str, Any]:
    paths = dict.fromkeys(cell_of(edit.location.path)[0] for edit in fix.edits)
    changes = [{"artifactLocation": _artifact(path), "replacements": list(_replacements(fix.edits, path))} for path in paths]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _replacements(edits: tuple[Edit, ...], path: str) -> Iterator[dict[str, Any]]:
    for edit in edits:
        if cell_of(edit.location.path)[0] == path:
            region = {name: value for name, value in _region(edit.location).items() if name != "snippet"}
            yield {"deletedRegion": region, "insertedContent": {"text": edit.replacement}}


def _notice(text: str) -> dict[str, Any]:
    return {"level": "note", "message": {"text": text}}


def _artifact(path: str) -> dict[str, str]:
    """Relative to the current folder, so that the log means the same on another machine; else a full address."""
    short = short_path(path)
    if not os.path.isabs(short):
        return {"uri": _quoted(short), "uriBaseId": _ROOT}
    return {"uri": "file://" + ("" if short.startswith("/") else "/") + _quoted(short)}


def _folder_uri() -> str:
    folder = _quoted(os.getcwd())
    return "file://" + ("" if folder.startswith("/") else "/") + folder.rstrip("/") + "/"


def _quoted(path: str) -> str:
    return quote(path.replace(os.sep, "/"), safe="/", errors="replace")
