"""`stop_gradient(x)` -> `x`; an assignment that then does nothing goes."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import deleted, unwrapped
from whygrad.repairs.imported import called
from whygrad.repairs.offering import Source

STOPS = ("tensorflow.stop_gradient", "keras.ops.stop_gradient", "keras.backend.stop_gradient")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if not isinstance(node, ast.Call) or called(file, node) not in STOPS or len(node.args) != 1 or node.keywords:
        return None
    title = f"take `{file.code(node.func)}` off this path"
    parent = file.parent(node)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and file.code(parent.targets[0]) == file.code(node.args[0]):
        gone = deleted(file, parent)
        return None if gone is None else Fix(title, edits=(gone,))
    return Fix(title, edits=tuple(unwrapped(file, node, node.args[0])))
