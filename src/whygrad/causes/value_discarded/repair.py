"""The label that overwrites the prediction gets a name of its own; the array that `write` returns is kept."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.kinds import is_like
from whygrad.causes.value_discarded.kept import kept
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile, uses
from whygrad.repairs.offering import Source
from whygrad.repairs.standing_in import entry_of

LABELS = ("labels", "y_true", "label", "target", "targets")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    function = None if node is None else file.function(node)
    if isinstance(node, ast.Call) and isinstance(file.parent(node), ast.Expr):
        return kept(file, node)
    if node is None or function is None:
        return None
    overwriting = [s for s in function.body if _overwritten(file, s) in {a.arg for a in function.args.args}]
    if not any(file.inside(node, s) for s in overwriting):
        return None
    edits: list[Edit] = []
    for statement in overwriting:
        more = _own_name(file, function, statement, len(overwriting) == 1)
        if more is None:
            return None
        edits += more
    return Fix("give the label a name of its own, so that the prediction stays what it is", edits=tuple(edits))


def _overwritten(file: SourceFile, statement: ast.stmt) -> str:
    """The name in `name = tf.ones_like(name) * 0.9`: one that is read for its shape only, and bound anew."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Name):
        return ""
    reads = uses(statement.value, target.id)
    return target.id if reads and all(_is_model(file, r) for r in reads) else ""


def _is_model(file: SourceFile, read: ast.Name) -> bool:
    """Whether a call makes other numbers of its shape: `tf.ones_like(read)`."""
    call = file.parent(read)
    found = entry_of(file, call) if isinstance(call, ast.Call) and read in call.args else None
    return found is not None and isinstance(call, ast.Call) and is_like(found, call.args.index(read))


def _own_name(file: SourceFile, function: ast.AST, statement: ast.stmt, single: bool) -> list[Edit] | None:
    """The target under a new name, and the reads that mean the label. None where a read may mean either."""
    assert isinstance(statement, ast.Assign)
    assert isinstance(function, FUNCTIONS)
    target = statement.targets[0]
    assert isinstance(target, ast.Name)
    name = file.free("labels") if single else file.free(f"{target.id}_labels")
    end = file.span(statement)[1]
    edits = [replaced(file, target, name)]
    for read in uses(function, target.id):
        kind = _meaning(file, read) if file.span(read)[0] > end else "prediction"
        if kind == "either":
            return None
        edits += [replaced(file, read, name)] if kind == "label" else []
    return edits


def _meaning(file: SourceFile, read: ast.Name) -> str:
    """By the place among the arguments: `labels=` and the first of two are the label, the second of two the prediction."""
    parent = file.parent(read)
    if isinstance(parent, ast.keyword):
        return "label" if parent.arg in LABELS else "prediction"
    if not isinstance(parent, ast.Call):
        return "either"
    if _is_model(file, read):
        return "label" if parent.args == [read] and isinstance(file.parent(parent), ast.Assign) else "prediction"
    if len(parent.args) == 2:
        return "label" if parent.args[0] is read else "prediction"
    return "either"
