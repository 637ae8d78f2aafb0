"""`stop_gradient(x)` -> `x`; an assignment that then does nothing goes; a loop is no longer told `back_prop=False`.

A straight-through form keeps its `stop_gradient`, around the difference only.
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.gradient_stopped.straight_through import KEPT, straight_through
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import deleted, unwrapped, without_keyword
from whygrad.repairs.offering import Source
from whygrad.repairs.standing_in import stand_in


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    found = stand_in(file, node) if isinstance(node, ast.Call) else None
    told = next((k for k in node.keywords if k.arg == "back_prop"), None) if isinstance(node, ast.Call) else None
    if told is not None:
        off = isinstance(told.value, ast.Constant) and told.value.value is False
        return Fix("take `back_prop=False` away", edits=(without_keyword(file, told),)) if off else None
    if not isinstance(node, ast.Call) or found is None or found.slug != KEPT:
        return None
    through = straight_through(file, node)
    if through is not None:
        return through
    value = found.arguments["0"]
    title = f"take `{file.code(node.func)}` off this path"
    parent = file.parent(node)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and file.code(parent.targets[0]) == file.code(value):
        gone = deleted(file, parent)
        return None if gone is None else Fix(title, edits=(gone,))
    return Fix(title, edits=tuple(unwrapped(file, node, value)))
