"""A custom gradient whose function reads a tensor from around it comes in; the plain function, which TensorFlow differentiates itself, goes out.

@tf.custom_gradient                     def solve(b):
def solve(b):                               y = tf.linalg.solve(a, b)
    y = tf.linalg.solve(a, b)               return y
    def grad(dy): ...
    return y, grad
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.custom_gradient.captured import CUSTOM, Function, functions_at
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import changed, deleted, replaced
from whygrad.repairs.file import SourceFile, uses
from whygrad.repairs.imported import called, dotted
from whygrad.repairs.returning import own_nodes
from whygrad.repairs.standing_in import entry_of, is_cut

CAPTURED = "is one for its arguments only"
ELSEWHERE = ("numpy", "scipy", "tensorflow.py_function", "tensorflow.numpy_function")


def dropped(file: SourceFile, diagnosis: Diagnosis) -> Fix | None:
    """None unless all that the function does has a gradient, and it does something: one that hands its argument on is there for its gradient."""
    at = diagnosis.location
    if at is None or CAPTURED not in diagnosis.message:
        return None
    forward = next((f for f in reversed(functions_at(file, at.line)) if any(dotted(file, d) == CUSTOM for d in f.decorator_list)), None)
    returned = [] if forward is None else [n.value for n in own_nodes(forward) if isinstance(n, ast.Return)]
    pair = returned[0] if len(returned) == 1 else None
    if forward is None or not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
        return None
    value, gradient = pair.elts
    gone = _without_gradient(file, forward, gradient)
    decorator = _without_decorator(file, forward)
    if gone is None or decorator is None or not _is_differentiable(file, forward, gradient):
        return None
    title = f"let TensorFlow differentiate `{forward.name}`: without `tf.custom_gradient`"
    return Fix(title, edits=(decorator, *gone, replaced(file, pair, file.code(value))))


def _without_gradient(file: SourceFile, forward: Function, gradient: ast.expr) -> list[Edit] | None:
    """The function that only the `return` names goes; a lambda goes with the `return`."""
    if isinstance(gradient, ast.Lambda):
        return []
    inner = _named(forward, gradient)
    if inner is None or not isinstance(gradient, ast.Name) or uses(forward, gradient.id) != [gradient]:
        return None
    gone = deleted(file, inner)
    return None if gone is None else [gone]


def _named(forward: Function, gradient: ast.expr) -> Function | None:
    found = [s for s in forward.body if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef)) and s.name == getattr(gradient, "id", "")]
    return found[0] if len(found) == 1 else None


def _without_decorator(file: SourceFile, forward: Function) -> Edit | None:
    """The line of the decorator; None where something else stands on it."""
    found = next(d for d in forward.decorator_list if dotted(file, d) == CUSTOM)
    start, end = file.span(found)
    first, last = file.line_start(start), file.line_end(end)
    return changed(file, first, last + 1, "") if file.text[first:last].partition("#")[0].strip() == f"@{file.code(found)}" else None


def _is_differentiable(file: SourceFile, forward: Function, gradient: ast.expr) -> bool:
    inner = _named(forward, gradient) or gradient
    computed = [n for s in forward.body for n in ast.walk(s) if isinstance(n, ast.expr) and not file.inside(n, inner)]
    handed_on = not any(isinstance(n, (ast.Call, ast.BinOp)) and called(file, n) != "tensorflow.identity" for n in computed)
    gradients = [n for n in ast.walk(inner) if isinstance(n, ast.Call)]
    clipped = any(".clip" in called(file, n) for n in gradients)  # made smaller on the way back, which is what it is there for
    left = any(called(file, n).startswith(ELSEWHERE) or (isinstance(n, ast.Attribute) and n.attr == "numpy") for n in computed)
    return not (handed_on or clipped or left or any(is_cut(entry_of(file, n)) for n in computed))
