"""The function that computes the loss returns it; what makes the loss a number is taken away, or replaced by what gives a tensor."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.bad_target.of_compile import of_compile
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import inserted
from whygrad.repairs.file import FUNCTIONS, SourceFile
from whygrad.repairs.leaving import stayed
from whygrad.repairs.offering import Source
from whygrad.repairs.returning import forgotten
from whygrad.repairs.siblings import with_siblings


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if node is None:
        return None
    compiled = of_compile(file, node, diagnosis)
    if compiled is not None:
        return compiled
    number = stayed(file, node)
    if number is not None:
        closed = with_siblings(file, node, number)
        return None if closed is None else closed.fix()
    statement = file.statement(node)
    function = file.function(node) if isinstance(statement, ast.Expr) and statement.value is node else _that_made(file, node)
    value = None if function is None else forgotten(function)
    if value is None or function is None:
        return None
    return Fix(f"return the loss from `{function.name}`", edits=(inserted(file, file.span(value)[0], "return "),))


def _that_made(file: SourceFile, target: ast.expr) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function of this file whose result the name holds: the only one of its name, called by name."""
    made = target
    if isinstance(target, ast.Name):
        stores = [
            n
            for n in ast.walk(file.home(target))
            if isinstance(n, ast.Assign) and [t.id for t in n.targets if isinstance(t, ast.Name)] == [target.id]
        ]
        made = stores[0].value if len(stores) == 1 else target
    if not isinstance(made, ast.Call):
        return None
    name = made.func.id if isinstance(made.func, ast.Name) else made.func.attr if isinstance(made.func, ast.Attribute) else ""
    found = [n for n in ast.walk(file.tree) if isinstance(n, FUNCTIONS) and n.name == name]
    return found[0] if len(found) == 1 else None
