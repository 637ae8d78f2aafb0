"""`optimizer.minimize(lambda: loss, variables)` with a loss that is there already comes in; the same with a tape around the loss goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import changed
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import tensorflow
from whygrad.repairs.moving import MOST_STATEMENTS, indented


def handed_to_minimize(file: SourceFile, node: ast.expr, call: ast.Call) -> Fix | None:
    """None unless the loss is a name, the variables are named too, and what computes the loss stands before the call, statement by statement."""
    last, loss, variables = file.statement(call), _loss(call), _variables(call)
    first = next((n for n in file.around(node) if last is not None and n in file.block(last)), None)
    if last is None or not isinstance(first, ast.stmt) or loss is None or variables is None or not isinstance(call.func, ast.Attribute):
        return None
    siblings = file.block(last)
    moved = siblings[siblings.index(first) : siblings.index(last)]
    indent = file.indent(last)
    alone = indent is not None and all(file.indent(s) is not None for s in moved) and isinstance(last, ast.Expr) and last.value is call
    if not alone or indent is None or not moved or len(moved) > MOST_STATEMENTS or not tensorflow(file):
        return None
    start, middle, end = file.line_start(file.span(first)[0]), file.line_start(file.span(last)[0]), file.span(last)[1]
    step = "\t" if "\t" in indent else "    "
    tape, wanted, optimizer = file.free("tape"), file.code(variables), file.code(call.func.value)
    text = (
        f"{indent}with {tensorflow(file)}.GradientTape() as {tape}:\n{indented(file, start, middle, step)}"
        f"{indent}{optimizer}.apply_gradients(zip({tape}.gradient({loss}, {wanted}), {wanted}))"
    )
    return Fix("compute the loss under a tape, and apply its gradients", edits=(changed(file, start, end, text),))


def _loss(call: ast.Call) -> str | None:
    """The name in `lambda: name`."""
    given = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "loss"), None)
    body = given.body if isinstance(given, ast.Lambda) else None
    return body.id if isinstance(body, ast.Name) else None


def _variables(call: ast.Call) -> ast.expr | None:
    """The variables, where they can be written twice."""
    given = call.args[1] if len(call.args) == 2 else next((k.value for k in call.keywords if k.arg == "var_list"), None)
    plain = given is not None and all(isinstance(n, (ast.Name, ast.Attribute, ast.List, ast.Tuple, ast.expr_context)) for n in ast.walk(given))
    return given if plain and len(call.args) + len(call.keywords) == 2 else None
