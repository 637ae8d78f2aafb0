"""A Python function that needs no NumPy is called directly; one whose NumPy has a counterpart is written with TensorFlow and called."""

from __future__ import annotations

import ast

from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile
from whygrad.repairs.imported import called, dotted
from whygrad.repairs.leaving import stayed
from whygrad.repairs.offering import Source

DOORS = ("tensorflow.numpy_function", "tensorflow.py_func", "tensorflow.py_function")
OUTSIDE = ("numpy", "scipy", "math", "cv2", "sklearn", "skimage", "pandas")
METHODS = ("numpy", "astype", "tolist", "item", "copy")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """None where the function does anything that is not certain to be the same for tensors."""
    file = source.main
    node = file.expression(diagnosis.location)
    if not isinstance(node, ast.Call) or called(file, node) not in DOORS or len(node.args) < 2 or not isinstance(node.args[0], ast.Name):
        return None
    name, given = node.args[0].id, node.args[1]
    functions = [n for n in ast.walk(file.tree) if isinstance(n, FUNCTIONS) and n.name == name]
    if len(functions) != 1 or not isinstance(given, (ast.List, ast.Tuple)):
        return None
    inside = _in_tensorflow(file, functions[0])
    if inside is None:
        return None
    arguments = ", ".join(file.code(a) for a in given.elts)
    edits = (*inside, replaced(file, node, f"{name}({arguments})"))
    return Fix(f"call `{name}` directly{', written with TensorFlow' if inside else ''}", edits=edits)


def _in_tensorflow(file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Edit] | None:
    """The edits that leave no NumPy in the function; None where one has no counterpart, or branches depend on values."""
    edits: list[Edit] = []
    known: set[ast.AST] = set()
    for node in ast.walk(function):
        if isinstance(node, (ast.If, ast.While, ast.For, ast.IfExp, ast.comprehension, ast.Try)):
            return None
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            return None
        if isinstance(node, ast.Call) and dotted(file, node.func).startswith(OUTSIDE):
            found = stayed(file, node)
            if found is None:
                return None
            edits += found.edits
            known.update(ast.walk(node.func))
    left = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n not in known and dotted(file, n).startswith(OUTSIDE)]
    return None if left else edits
