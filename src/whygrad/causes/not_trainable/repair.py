"""`model.variables` -> `model.trainable_variables` in the gradient call and where its result is applied; `trainable=False` taken away."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import changed, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.offering import Source

LISTS = {"variables": "trainable_variables", "weights": "trainable_weights"}
TAKERS = ("gradient", "zip", "apply_gradients", "minimize", "jacobian")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if isinstance(node, ast.Attribute) and node.attr in LISTS:
        edits = _narrowed(file, node)
        return Fix(f"ask for the trainable ones only: `{file.code(node.value)}.{LISTS[node.attr]}`", edits=tuple(edits)) if edits else None
    return _trained(file, node) if isinstance(node, ast.Call) and "is created with `trainable=False`" in diagnosis.message else None


def _narrowed(file: SourceFile, node: ast.Attribute) -> list[Edit]:
    """All that take this list for gradients; empty where the first use is another."""
    code = file.code(node)
    same = [n for n in ast.walk(file.home(node)) if isinstance(n, ast.Attribute) and file.code(n) == code]
    found = [n for n in same if isinstance(n, ast.Attribute) and _taken(file, n)]
    return [replaced(file, n, f"{file.code(n.value)}.{LISTS[n.attr]}") for n in found] if node in found else []


def _taken(file: SourceFile, node: ast.Attribute) -> bool:
    parent = file.parent(node)
    function = parent.func if isinstance(parent, ast.Call) else parent.value if isinstance(parent, ast.keyword) else None
    if isinstance(parent, ast.keyword):
        return parent.arg in ("var_list", "sources")
    name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    return name in TAKERS


def _trained(file: SourceFile, node: ast.Call) -> Fix | None:
    """The argument goes, with the comma before or after it."""
    keyword = next((k for k in node.keywords if k.arg == "trainable" and isinstance(k.value, ast.Constant) and k.value.value is False), None)
    if keyword is None:
        return None
    start, end = file.offset(keyword.lineno, keyword.col_offset), file.span(keyword.value)[1]
    before = file.text[:start].rstrip()
    rest = file.text[end:]
    if before.endswith(","):
        start = len(before) - 1
    elif rest.lstrip().startswith(","):
        end += len(rest) - len(rest.lstrip()) + 1
        end += len(file.text[end:]) - len(file.text[end:].lstrip(" "))
    return Fix("train it: take `trainable=False` away", edits=(changed(file, start, end, ""),))
