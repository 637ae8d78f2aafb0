"""The line that makes the variable moves from the method that runs in every step to the constructor; a list is read again from what was made anew.

A parameter that is a variable already is not copied.
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.variable_recreated.copied import COPIED, not_copied
from whygrad.causes.variable_recreated.lazily import made_once
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import deleted, inserted, line_after
from whygrad.repairs.file import FUNCTIONS, SourceFile, names
from whygrad.repairs.listing import kept
from whygrad.repairs.offering import Source, related_place

STEPS = ("__call__", "call", "train_step", "forward", "test_step")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """None unless it is `self.x = ...` in a method, made of what the constructor can see too, or of sizes of the input, and stored nowhere else."""
    file = source.main
    node = file.expression(diagnosis.location)
    if COPIED in diagnosis.message:
        return not_copied(file, node)
    statement = None if node is None else file.parent(node)
    method = None if node is None else file.function(node)
    owner = None if method is None else file.parent(method)
    listed = source.file(at) if (at := related_place(diagnosis, "the list that is asked for was taken here")) is not None else None
    if isinstance(statement, ast.Assign) and listed is not None and listed.path == file.path:
        return _read_again(file, statement, file.expression(at))
    if method is None or not isinstance(owner, ast.ClassDef) or method.name not in STEPS:
        return None
    if not isinstance(statement, ast.Assign) or _is_local(statement, method):
        return made_once(file, node, method, owner)
    constructor = next((s for s in owner.body if isinstance(s, FUNCTIONS) and s.name == "__init__"), None)
    code = [file.code(t) for t in statement.targets]
    if constructor is None or len(code) != 1 or not code[0].startswith("self.") or _is_stored_again(file, owner, code[0]):
        return None
    gone, there = deleted(file, statement), _into(file, constructor, statement)
    return None if gone is None or there is None else Fix(f"make `{code[0]}` once, in `__init__`", edits=(gone, there))


def _read_again(file: SourceFile, renewed: ast.Assign, taken: ast.expr | None) -> Fix | None:
    """Behind `model = fresh()` once more `listed = model.trainable_variables`, where both names are the same ones there."""
    found = kept(file, taken)
    if taken is None or found is None or found[0].value is not taken or len(renewed.targets) != 1:
        return None
    statement, target = found
    made, code = file.code(renewed.targets[0]), file.code(taken)
    reads = {file.code(n) for n in ast.walk(taken) if isinstance(n, (ast.Name, ast.Attribute))}
    of_self = target.startswith("self.") and made.startswith("self.") and not names(taken, ast.Load) - {"self"}
    same = (of_self and _class(file, statement) is _class(file, renewed)) or file.home(statement) is file.home(renewed)
    line = line_after(file, renewed, f"{target} = {code}") if same and made in reads else None
    return None if line is None else Fix(f"read the list again from the new one: `{target} = {code}`", edits=(line,))


def _class(file: SourceFile, node: ast.AST) -> ast.AST | None:
    return next((n for n in file.around(node) if isinstance(n, ast.ClassDef)), None)


def _is_local(statement: ast.Assign, method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the value reads names of the method: arguments other than `self`, or what it has bound."""
    local = {a.arg for a in (*method.args.args, *method.args.kwonlyargs)} | names(method, ast.Store)
    return bool(names(statement.value, ast.Load) & local)


def _is_stored_again(file: SourceFile, owner: ast.ClassDef, code: str) -> bool:
    stores = [n for n in ast.walk(owner) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and file.code(n) == code]
    return len(stores) != 1


def _into(file: SourceFile, constructor: ast.FunctionDef | ast.AsyncFunctionDef, statement: ast.Assign) -> Edit | None:
    """Behind `super().__init__(...)`, or at the end where there is none."""
    supers = [s for s in constructor.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) and "super(" in file.code(s.value.func)]
    behind = supers[0] if supers else constructor.body[-1]
    indent = file.indent(behind)
    start, end = file.span(statement)
    code = file.text[start : file.line_end(end)]  # with the comment behind it
    return None if indent is None or "\n" in code else inserted(file, file.line_end(file.span(behind)[1]), f"\n{indent}{code}")
