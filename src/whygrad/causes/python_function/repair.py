"""A Python function that needs no NumPy is called directly; one whose NumPy has a counterpart is written with TensorFlow and called."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import replaced, unwrapped
from whygrad.repairs.file import FUNCTIONS, SourceFile, names
from whygrad.repairs.following import KEPT
from whygrad.repairs.imported import called, dotted
from whygrad.repairs.leaving import stayed
from whygrad.repairs.offering import Source
from whygrad.repairs.rounding import written
from whygrad.repairs.standing_in import stand_in

# Functions that take a Python function, and libraries beside TensorFlow: how they are called, nothing about gradients.
DOORS = ("tensorflow.numpy_function", "tensorflow.py_func", "tensorflow.py_function")
OUTSIDE = ("numpy", "scipy", "math", "cv2", "sklearn", "skimage", "pandas")
ALIKE = KEPT - {"numpy"} | {"astype"}  # the latter is rewritten
BRANCHES = (ast.If, ast.While, ast.For, ast.IfExp, ast.comprehension, ast.Try)


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """None where the function does anything that is not certain to be the same for tensors."""
    file = source.main
    node = file.expression(diagnosis.location)
    if not isinstance(node, ast.Call) or called(file, node) not in DOORS or len(node.args) < 2:
        return None
    function, given = _function(file, node.args[0]), node.args[1]
    inside = None if function is None else _in_tensorflow(file, function)
    if inside is None or not isinstance(given, (ast.List, ast.Tuple)):
        return None
    name = file.code(node.args[0])
    edits = (*inside, replaced(file, node, f"{name}({', '.join(map(file.code, given.elts))})"))
    return Fix(f"call `{name}` directly{', written with TensorFlow' if inside else ''}", edits=edits)


def _function(file: SourceFile, given: ast.expr) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The only function of its name in the file; of `self.name` too."""
    own = isinstance(given, ast.Attribute) and isinstance(given.value, ast.Name) and given.value.id == "self"
    name = given.id if isinstance(given, ast.Name) else given.attr if own and isinstance(given, ast.Attribute) else ""
    found = [n for n in ast.walk(file.tree) if isinstance(n, FUNCTIONS) and n.name == name]
    return found[0] if len(found) == 1 else None


def _in_tensorflow(file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Edit] | None:
    """The edits that leave no NumPy in the function; None where one has no counterpart, or branches depend on values."""
    edits: list[Edit] = []
    known: set[ast.AST] = set()
    for node in ast.walk(function):
        if isinstance(node, BRANCHES) or (isinstance(node, ast.Attribute) and _only_of_arrays(file, function, node)):
            return None
        found = _rewritten(file, node) if isinstance(node, ast.Call) else []
        if found is None or not isinstance(node, ast.Call):
            if found is None:
                return None
            continue
        edits += found
        if found:
            known.update(n for part in (node.func, *_types(node)) for n in ast.walk(part))
    left = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n not in known and dotted(file, n).startswith(OUTSIDE)]
    return None if left else edits


def _only_of_arrays(file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.Attribute) -> bool:
    """Whether it may be something that arrays have and tensors do not: of a value that the function is given or computes."""
    if node.attr in ALIKE or dotted(file, node):
        return False
    given = {a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)} - {"self"}
    inner = names(node.value, ast.Load)
    return isinstance(node.value, ast.Call) or bool(inner & (given | names(function, ast.Store)))


def _types(node: ast.Call) -> list[ast.expr]:
    return node.args if isinstance(node.func, ast.Attribute) and node.func.attr == "astype" else []


def _rewritten(file: SourceFile, node: ast.Call) -> list[Edit] | None:
    """Empty for calls of the user's own functions and of TensorFlow's; None for one that has no counterpart."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "astype":
        floats = len(node.args) == 1 and "float" in file.code(node.args[0])
        return unwrapped(file, node, node.func.value) if floats else None
    origin = dotted(file, node.func)
    if not origin.startswith(OUTSIDE):
        return []
    form = stand_in(file, node)
    found = stayed(file, node, as_array=True) if form is None else written(file, node, form)
    return None if found is None else list(found.edits)
