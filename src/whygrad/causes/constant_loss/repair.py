"""The prediction in the place of its namesake: `f(y_true)` beside `f(y_true)`, where one of them was to read `y_pred`; or the other output.

Of probabilities that always sum to one: the largest.
"""

from __future__ import annotations

import re

from whygrad import syntax as ast
from whygrad.causes.constant_loss.other_output import other_output
from whygrad.causes.constant_loss.strongest import PROBABILITIES, strongest
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import renamed
from whygrad.repairs.file import FUNCTIONS, SourceFile, uses
from whygrad.repairs.offering import Source

NEVER_READ = re.compile(r"never reads (?:its parameter )?`(\w+)`")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """Only where the diagnosis points at an expression: of a whole function nobody can tell which name was meant."""
    file = source.main
    if PROBABILITIES in diagnosis.message:
        return strongest(diagnosis, file)
    node = file.expression(diagnosis.location)
    found = NEVER_READ.search(diagnosis.message)
    function = None if node is None else file.function(node)
    if found is None:
        return other_output(diagnosis, source)
    names = _parameters(file, function) if isinstance(function, FUNCTIONS) else []
    if node is None or len(names) != 2:
        return None
    unread = found[1]
    other = next((name for name in names if name != unread), "")
    places = uses(node, other)
    if len(places) != 1 or unread not in names or isinstance(node, ast.Lambda):
        return None
    return Fix(f"read `{unread}` in the place of `{other}` here", edits=tuple(renamed(file, places, unread)))


def _parameters(file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Those that are handed over: of a method not the object."""
    names = [a.arg for a in function.args.args]
    is_method = isinstance(file.parent(function), ast.ClassDef) and not function.decorator_list
    return names[1:] if is_method else names
