"""A statement that writes into an array and throws away what comes back comes in; one that keeps it goes out: `array = array.write(t, x)`."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import inserted
from whygrad.repairs.file import FUNCTIONS, SourceFile, uses
from whygrad.repairs.returning import own_nodes

WRITING = ("write", "scatter", "unstack", "split")  # the methods of tf.TensorArray that give the array after them


def kept(file: SourceFile, call: ast.Call) -> Fix | None:
    """With every other such statement for the same array in the function: one of them alone would leave the others lost.

    None where the name belongs to another scope, or is not read again: there a new binding changes nothing.
    """
    array = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr in WRITING else None
    if not isinstance(array, ast.Name):
        return None
    home, name = file.home(call), array.id
    statements = [s for s in ast.walk(home) if isinstance(s, ast.Expr) and _writes(s) == name and file.home(s) is home]
    read = [n for n in uses(home, name) if not any(file.inside(n, s) for s in statements)]
    if not _is_bound(home, name) or not read:
        return None
    edits = tuple(inserted(file, file.span(s)[0], f"{name} = ") for s in statements)
    return Fix(f"keep what it returns: `{name} = {name}.{_method(call)}(...)`", edits=edits)


def _writes(statement: ast.Expr) -> str:
    """The name of the array that a statement writes into."""
    call = statement.value
    array = call.func.value if isinstance(call, ast.Call) and _method(call) in WRITING and isinstance(call.func, ast.Attribute) else None
    return array.id if isinstance(array, ast.Name) else ""


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_bound(home: ast.AST, name: str) -> bool:
    """Whether a name is one of the function's own: another binding of it makes no other name of it."""
    parameters = [a.arg for a in (*home.args.posonlyargs, *home.args.args, *home.args.kwonlyargs)] if isinstance(home, FUNCTIONS) else []
    return name in parameters or any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in own_nodes(home))
