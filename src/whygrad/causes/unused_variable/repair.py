"""`h = second(x)` that overwrites `h = first(x)` takes `h`; a number that was read stays a tensor; what is thrown away on purpose is frozen."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.unused_variable.discarded import frozen
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile
from whygrad.repairs.leaving import stayed
from whygrad.repairs.offering import Source, related_place
from whygrad.repairs.siblings import exits, with_siblings


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if not isinstance(node, ast.Call):
        return None
    lost = file.expression(related_place(diagnosis, "its result was computed here"))
    return _chained(file, node, lost) or _kept_inside(file, node) or frozen(file, node, diagnosis)


def _kept_inside(file: SourceFile, node: ast.Call) -> Fix | None:
    """Where the function that is called reads the variable as a number, `K.get_value(self.w)`, it keeps the tensor."""
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    functions = [n for n in file.nodes if isinstance(n, FUNCTIONS) and n.name == name]
    found = [with_siblings(file, call, stayed(file, call)) for f in functions for call in exits(file, f)] if len(functions) == 1 else []
    return next((rewrite.fix() for rewrite in found if rewrite is not None), None)


def _chained(file: SourceFile, node: ast.Call, lost: ast.expr | None) -> Fix | None:
    """Both are assignments to the same name, of calls with the same first argument."""
    here, there = file.parent(node), None if lost is None else file.parent(lost)
    if not isinstance(here, ast.Assign) or not isinstance(there, ast.Assign) or not isinstance(lost, ast.Call):
        return None
    targets = [t for s in (here, there) for t in s.targets]
    one_name = len(targets) == 2 and all(isinstance(t, ast.Name) for t in targets) and file.code(targets[0]) == file.code(targets[1])
    if not one_name or not node.args or not lost.args or file.code(node.args[0]) != file.code(lost.args[0]):
        return None
    name = file.code(targets[0])
    return Fix(f"use the result of `{file.code(lost)}`: hand `{name}` on", edits=(replaced(file, node.args[0], name),))
