"""`model.variables` -> `model.trainable_variables` where gradients are asked for and applied; no `trainable=False`; a variable that Keras tracks."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.not_trainable.around import released_around
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import replaced, without_keyword
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, name_of, tensorflow
from whygrad.repairs.offering import Source

LISTS = {"variables": "trainable_variables", "weights": "trainable_weights"}
ALIKE = ("name", "dtype", "trainable")  # what both kinds of variables take
TAKERS = ("gradient", "zip", "apply_gradients", "minimize", "jacobian")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if isinstance(node, ast.Attribute) and node.attr in LISTS:
        edits = _narrowed(file, node)
        return Fix(f"ask for the trainable ones only: `{file.code(node.value)}.{LISTS[node.attr]}`", edits=tuple(edits)) if edits else None
    if isinstance(node, ast.Attribute) and "which is frozen itself" in diagnosis.message:
        return released_around(file, node)
    if not isinstance(node, ast.Call):
        return None
    if "on a Keras 3 layer" in diagnosis.message:
        return _tracked(file, node)
    return _trained(file, node) if "is created with `trainable=False`" in diagnosis.message else None


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


def _tracked(file: SourceFile, node: ast.Call) -> Fix | None:
    """`tf.Variable(value, name=...)` -> `keras.Variable(value, name=...)`, where the file knows Keras by name."""
    keras = name_of(file, "keras") or (f"{tensorflow(file)}.keras" if f"{tensorflow(file)}.keras." in file.text else "")
    plain = called(file, node) == "tensorflow.Variable" and len(node.args) == 1 and all(k.arg in ALIKE for k in node.keywords)
    if not plain or not keras or isinstance(node.args[0], ast.Starred):
        return None
    return Fix(f"create it so that Keras tracks it: `{keras}.Variable(...)`", edits=(replaced(file, node.func, f"{keras}.Variable"),))


def _trained(file: SourceFile, node: ast.Call) -> Fix | None:
    keyword = next((k for k in node.keywords if k.arg == "trainable" and isinstance(k.value, ast.Constant) and k.value.value is False), None)
    if keyword is None:
        return None
    return Fix("train it: take `trainable=False` away", edits=(without_keyword(file, keyword),))
