"""A result that is computed outside and handed to the function with the tape comes in; the repair hands the input in, and computes it there.

logits = model(images)            step(images)
step(logits)               ->
def step(logits):                 def step(images):
    with tape:                        with tape:
        loss = f(logits)                  logits = model(images)
                                          loss = f(logits)
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit, Fix
from whygrad.repairs.edits import deleted, inserted, replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile, names, uses

Function = ast.FunctionDef | ast.AsyncFunctionDef


def handed_in(file: SourceFile, node: ast.expr, block: ast.With) -> Fix | None:
    """None unless it is a call with one name, of what both places know, and its result is read once: in the only call of the other function."""
    function, statement = file.function(block), file.parent(node)
    if function is None or not isinstance(node, ast.Call) or not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return None
    result = statement.targets[0].id
    reads = uses(file.home(node), result)
    call = file.parent(reads[0]) if len(reads) == 1 and len(statement.targets) == 1 else None
    given = node.args[0] if len(node.args) == 1 else None
    if not isinstance(call, ast.Call) or not _is_only_call(file, call, function) or not isinstance(given, ast.Name):
        return None
    parameter = _parameter(call, reads[0], function)
    if parameter is None or not _fits(file, node, parameter.arg, function, block):
        return None
    edits = _edits(file, statement, reads[0], given.id, parameter, function, block)
    return (
        None if edits is None else Fix(f"hand `{given.id}` to `{function.name}`, and compute `{file.code(node)}` there, under the tape", edits=edits)
    )


def _is_only_call(file: SourceFile, call: ast.Call, function: Function) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == function.name and len(uses(file.tree, function.name)) == 1


def _parameter(call: ast.Call, read: ast.Name, function: Function) -> ast.arg | None:
    place = call.args.index(read) if read in call.args else -1
    plain = not any(isinstance(a, ast.Starred) for a in call.args)
    return function.args.args[place] if plain and 0 <= place < len(function.args.args) else None


def _fits(file: SourceFile, node: ast.Call, parameter: str, function: Function, block: ast.With) -> bool:
    """The parameter is read under the tape only; what computes the result is a name of the module, with constants besides."""
    inside = all(file.inside(use, block) for use in uses(function, parameter)) and bool(uses(function, parameter))
    constant = all(isinstance(k.value, ast.Constant) for k in node.keywords)
    top = {n for s in file.tree.body if isinstance(s, (ast.Assign, *FUNCTIONS)) for n in (names(s, ast.Store) | {getattr(s, "name", "")})}
    return inside and constant and isinstance(node.func, ast.Name) and node.func.id in top


def _edits(
    file: SourceFile, made: ast.Assign, read: ast.Name, given: str, parameter: ast.arg, function: Function, block: ast.With
) -> tuple[Edit, ...] | None:
    taken = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)} | {a.arg for a in function.args.args}
    name = given if given not in taken else file.free("inputs")
    gone, indent = deleted(file, made), file.indent(block.body[0])
    if gone is None or indent is None or not isinstance(made.value, ast.Call) or parameter.annotation is not None:
        return None
    start = file.offset(parameter.lineno, parameter.col_offset)
    (first, _), (before, after) = file.span(made.value), file.span(made.value.args[0])
    code = file.code(made.value)
    line = f"{indent}{parameter.arg} = {code[: before - first]}{name}{code[after - first :]}\n"
    renamed = Edit(file.place(start, start + len(parameter.arg)), name)
    return gone, replaced(file, read, given), renamed, inserted(file, file.line_start(file.span(block.body[0])[0]), line)
