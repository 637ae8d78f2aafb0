"""What is read twice becomes a list; a model is called, released or copied before its variables are read; what it does not track is listed."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.empty_variable_list.alias import copied
from whygrad.causes.empty_variable_list.frozen import released_here
from whygrad.causes.empty_variable_list.untracked import read_by_lambda
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import inserted, line_before, replaced
from whygrad.repairs.file import SourceFile, bound
from whygrad.repairs.imported import dotted
from whygrad.repairs.listing import read_again
from whygrad.repairs.moving import tape_block
from whygrad.repairs.offering import Source, asked_place, tape_place

ONCE = ("zip", "map", "filter", "enumerate", "reversed", "iter")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if node is not None and "lets no variable through" in diagnosis.message:
        return _by_path(file, node)
    if isinstance(node, (ast.Name, ast.Call)):
        return _as_list(file, node)
    if not isinstance(node, ast.Attribute):
        return None
    if node.attr == "trainable":
        return copied(diagnosis, source)
    if "is empty" in diagnosis.message and node.attr in ("trainable_variables", "trainable_weights"):
        frozen = next((r.location for r in diagnosis.related if r.message.endswith("was frozen here")), None)
        if frozen is not None or "were frozen" in diagnosis.explanation:
            return released_here(file, node, tape_block(file, tape_place(diagnosis)), frozen)
        return read_by_lambda(file, node)
    return _called_first(file, node, diagnosis) or _read_late(source, node, diagnosis)


def _as_list(file: SourceFile, node: ast.Name | ast.Call) -> Fix | None:
    """What makes the name, wherever it is made of something that can be run through once only."""
    made: list[ast.expr] = [node]
    if isinstance(node, ast.Name):
        stores = [n for n in ast.walk(file.home(node)) if isinstance(n, ast.Assign) and len(n.targets) == 1]
        made = [s.value for s in stores if isinstance(s.targets[0], ast.Name) and s.targets[0].id == node.id]
    once = [m for m in made if isinstance(m, ast.Call) and isinstance(m.func, ast.Name) and m.func.id in ONCE]
    edits = [e for start, end in map(file.span, once) for e in (inserted(file, start, "list("), inserted(file, end, ")"))]
    return Fix("keep it as a list: `list(zip(...))`".replace("zip", _kind(once)), "safe", None, tuple(edits)) if edits else None


def _kind(once: list[ast.Call]) -> str:
    return once[0].func.id if once and isinstance(once[0].func, ast.Name) else "zip"


def _called_first(file: SourceFile, node: ast.Attribute, diagnosis: Diagnosis) -> Fix | None:
    """`model(x)` as a line before: with what the tape's block calls it with, if that is there already."""
    block, statement = tape_block(file, tape_place(diagnosis)), file.statement(node)
    if block is None or statement is None or "had no variables yet" not in diagnosis.message:
        return None
    model = file.code(node.value)
    calls = [
        n for n in ast.walk(block) if isinstance(n, ast.Call) and file.code(n.func) == model and len(n.args) == 1 and isinstance(n.args[0], ast.Name)
    ]
    before = file.block(statement)[: file.block(statement).index(statement)]
    before += file.tree.body if file.home(node) is not file.tree else []
    known = [c for c in calls if isinstance(c.args[0], ast.Name) and any(bound(s, c.args[0].id) for s in before if isinstance(s, ast.Assign))]
    line = line_before(file, statement, file.code(known[0])) if known and dotted(file, node) == "" else None
    return None if line is None else Fix(f"build the model first: `{file.code(known[0])}`", edits=(line,))


def _read_late(source: Source, node: ast.Attribute, diagnosis: Diagnosis) -> Fix | None:
    """The list is read once more where the gradient is asked for: by then the model has been called."""
    file, at = source.main, asked_place(diagnosis)
    asked = file.expression(at) if at is not None else None
    statement = None if asked is None else file.statement(asked)
    if statement is None or "had no variables yet" not in diagnosis.message:
        return None
    text = read_again(file, node, statement)
    line = None if text is None else line_before(file, statement, text)
    return None if line is None else Fix(f"read the list once the model has been called: `{text}`", edits=(line,))


def _by_path(file: SourceFile, node: ast.expr) -> Fix | None:
    """`v.name` -> `v.path`."""
    read = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and n.attr == "name"]
    return (
        Fix("look at `path`, which has the names of the layers", edits=(replaced(file, read[0], f"{file.code(read[0].value)}.path"),))
        if read
        else None
    )
