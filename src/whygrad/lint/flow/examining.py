"""One file in, its diagnoses out: the program is walked through without running it, and every gradient call is answered."""

from __future__ import annotations

import sys

from whygrad import syntax as ast
from whygrad.lint.flow.answers import Answer, answer
from whygrad.lint.flow.diagnose import diagnosis
from whygrad.lint.flow.engine import walk_file
from whygrad.lint.flow.places import Places, stack
from whygrad.lint.flow.walk import Question, Walk
from whygrad.model import SEVERITIES, Diagnosis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whygrad.lint.flow.walk import Finder

DEEP = 12_000  # frames: expressions inside calls inside calls


def examine(path: str, text: str, project: Finder) -> tuple[Diagnosis, ...]:
    """All findings for the gradients that the file `path` asks for; `text` is its source. Some lie in other files of the project.

    Raises SyntaxError on source that does not parse, RecursionError and MemoryError on source that is nested too deeply.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEP))
    try:
        walk = walk_file(path, text, project)
        found = _diagnoses(walk, path)
        walk.take_apart()
        return found
    finally:
        sys.setrecursionlimit(limit)


def _diagnoses(walk: Walk, path: str) -> tuple[Diagnosis, ...]:
    places = Places(walk.texts)
    found: dict[object, Diagnosis] = {}
    for one in _answers(walk, path):
        made = diagnosis(one, places)
        if made is None or made.location is None:
            continue
        key = (made.cause, made.location.path, made.location.line, made.location.column)
        if key not in found or _rank(made) < _rank(found[key]):
            found[key] = made
    if not found:
        return ()
    from whygrad.repairs.offering import with_repair

    return tuple(with_repair(d, walk.texts) for d in sorted(found.values(), key=_rank))


def _answers(walk: Walk, path: str) -> list[Answer]:
    """Of what was asked on behalf of this file: what another module asks by itself is told when that one is checked."""
    earlier: dict[object, list[Question]] = {}
    meant: dict[ast.AST | None, bool] = {}
    found: list[Answer] = []
    for question in walk.questions:
        function = question.site.frame.node
        if function not in meant:
            meant[function] = _expects_none(function)
        if stack(question.site)[0].path != path or question.expected or meant[function]:
            continue
        before = earlier.setdefault(question.site.node, [])
        found += answer(walk, question, before)
        before.append(question)
    return found


def _expects_none(function: ast.AST | None) -> bool:
    """Does a test look for None? Then it is meant: `self.assertIsNone(g)`, `assert g is None`."""
    for node in ast.walk(function) if function is not None else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "assertIsNone":
            return True
        is_none = isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.Is)
        if is_none and ast.unparse(node).endswith(" is None"):
            return True
    return False


def _rank(d: Diagnosis) -> tuple[int, int]:
    return SEVERITIES.index(d.severity), 0 if d.certainty == "proven" else 1
