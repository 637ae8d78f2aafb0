"""Layers and variables that `call` makes of the size of its input come in; they are made in the first call only.

self.gate = Dense(x.shape[-1])        if not hasattr(self, "gate"):
                                          self.gate = Dense(x.shape[-1])
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit, Fix
from whygrad.repairs.edits import changed
from whygrad.repairs.file import SourceFile, names
from whygrad.repairs.moving import indented

Method = ast.FunctionDef | ast.AsyncFunctionDef


def made_once(file: SourceFile, node: ast.expr | None, method: Method, owner: ast.ClassDef) -> Fix | None:
    """`node`: what makes it, or the layer that is called and makes its weights then. None where it is made of more than sizes, or elsewhere too."""
    mine = next((s for s in method.body if isinstance(s, ast.Assign) and (_makes(file, s, node) or s.value is node)), None)
    if mine is None:
        return None
    made = [s for s in method.body if isinstance(s, ast.Assign) and (s is mine or _is_called(file, s, method))]
    if not all(_of_sizes(file, s.value, method) and _guard(file, s, owner) for s in made):
        return None
    edits = [edit for s in made if (edit := _guarded(file, s, owner)) is not None]
    known = ", ".join(f"`{file.code(s.targets[0])}`" for s in made)
    return Fix(f"make {known} once, in the first call", edits=tuple(edits)) if len(edits) == len(made) else None


def _makes(file: SourceFile, statement: ast.Assign, node: ast.expr | None) -> bool:
    """Whether `node` calls what the statement keeps: `self.gate(x)`."""
    return isinstance(node, ast.Call) and len(statement.targets) == 1 and file.code(statement.targets[0]) == file.code(node.func)


def _is_called(file: SourceFile, statement: ast.Assign, method: Method) -> bool:
    """Whether it keeps an object that this method calls later: a layer."""
    calls = [n for n in ast.walk(method) if isinstance(n, ast.Call)]
    return isinstance(statement.value, ast.Call) and any(_makes(file, statement, n) for n in calls)


def _of_sizes(file: SourceFile, value: ast.expr, method: Method, seen: frozenset[str] = frozenset()) -> bool:
    """Whether all that it reads of the method's own names are shapes, or computed from shapes."""
    local = {a.arg for a in (*method.args.args[1:], *method.args.kwonlyargs)} | names(method, ast.Store)
    for n in ast.walk(value):
        if not isinstance(n, ast.Name) or n.id not in local:
            continue
        parent = file.parent(n)
        if isinstance(parent, ast.Attribute) and parent.attr in ("shape", "dtype"):
            continue
        made = [s for s in method.body if isinstance(s, ast.Assign) and n.id in names(s, ast.Store)]
        if n.id in seen or len(made) != 1 or not _of_sizes(file, made[0].value, method, seen | {n.id}):
            return False
    return True


def _guard(file: SourceFile, statement: ast.Assign, owner: ast.ClassDef) -> str:
    """The question whether it was made before; empty where the class keeps something else under that name too."""
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Attribute) or file.code(target.value) != "self":
        return ""
    stores = [n for n in ast.walk(owner) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and file.code(n) == file.code(target)]
    others = [file.parent(n) for n in stores if n is not target]
    if not others:
        return f'if not hasattr(self, "{target.attr}"):'
    none = all(isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant) and s.value.value is None for s in others)
    return f"if {file.code(target)} is None:" if none else ""


def _guarded(file: SourceFile, statement: ast.Assign, owner: ast.ClassDef) -> Edit | None:
    indent = file.indent(statement)
    if indent is None:
        return None
    start, end = file.span(statement)
    first, last = file.line_start(start), file.line_end(end)
    body = indented(file, first, last, "\t" if indent.startswith("\t") else "    ")
    return changed(file, first, last, f"{indent}{_guard(file, statement, owner)}\n{body}")
