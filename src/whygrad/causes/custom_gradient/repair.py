"""A gradient function that forgets its `return` gets one; zeros become what came from above; variables get their gradients from a tape inside.

Of a function that uses a tensor from around it, and has a gradient of its own, the custom one is taken away.
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.kinds import gives_zeros
from whygrad.causes.custom_gradient.captured import functions_at, of_the_variables
from whygrad.causes.custom_gradient.dropped import CAPTURED, dropped
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import inserted, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.offering import Source
from whygrad.repairs.returning import forgotten
from whygrad.repairs.standing_in import entry_of


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file, at = source.main, diagnosis.location
    if at is None:
        return None
    if CAPTURED in diagnosis.message:
        return dropped(file, diagnosis)
    functions = functions_at(file, at.line)
    if not functions:
        return None
    function = functions[-1]
    value = forgotten(function)
    if value is not None:
        return Fix(f"return it: `return {_short(file.code(value))}`", edits=(inserted(file, file.span(value)[0], "return "),))
    return _upstream(file, file.expression(at)) or of_the_variables(file, function)


def _upstream(file: SourceFile, node: ast.expr | None) -> Fix | None:
    """`0.0 * upstream` and, of one argument, `None` -> `upstream`."""
    name: ast.expr | None = None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        pair = (node.left, node.right), (node.right, node.left)
        name = next((b for a, b in pair if isinstance(a, ast.Constant) and a.value == 0 and isinstance(b, ast.Name)), None)
    elif isinstance(node, ast.Call) and len(node.args) == 1 and (found := entry_of(file, node)) is not None and gives_zeros(found):
        name = node.args[0]
    function = None if node is None else file.function(node)
    if isinstance(node, ast.Constant) and node.value is None and isinstance(file.parent(node), ast.Return) and function is not None:
        name = ast.Name(function.args.args[0].arg) if len(function.args.args) == 1 else None
    arguments = {a.arg for a in function.args.args} if function is not None else set()
    if node is None or not isinstance(name, ast.Name) or name.id not in arguments:
        return None
    return Fix(f"let the gradient pass: return `{name.id}`", edits=(replaced(file, node, name.id),))


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) < 60 else f"{line[:56]} ..."
