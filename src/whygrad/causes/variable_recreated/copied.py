"""A variable that copies a parameter of its function comes in; the parameter itself goes out, where it is a variable already."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile
from whygrad.repairs.imported import called
from whygrad.repairs.rounding import guarded

COPIED = "copies the value of"
VARIABLE = "tensorflow.Variable"


def not_copied(file: SourceFile, node: ast.expr | None) -> Fix | None:
    """`tf.Variable(x, ...)` -> `x if isinstance(x, tf.Variable) else tf.Variable(x, ...)`; None where the copy is one that is not to train."""
    home = None if node is None else file.home(node)
    if not isinstance(node, ast.Call) or called(file, node) != VARIABLE or not isinstance(home, FUNCTIONS):
        return None
    given = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "initial_value"), None)
    parameters = [a.arg for a in (*home.args.posonlyargs, *home.args.args, *home.args.kwonlyargs)]
    if not isinstance(given, ast.Name) or given.id not in parameters or any(k.arg == "trainable" for k in node.keywords):
        return None
    if any(isinstance(n, ast.Name) and n.id == given.id and not isinstance(n.ctx, ast.Load) for n in ast.walk(home)):
        return None
    new = f"{given.id} if isinstance({given.id}, {file.code(node.func)}) else {file.code(node)}"
    return Fix(f"use `{given.id}` itself where it is a variable already", edits=(replaced(file, node, guarded(file, node, new)),))
