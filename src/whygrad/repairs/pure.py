"""An expression comes in; whether it may be computed anew goes out: it makes no variables, layers or random numbers, and stores nothing."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.repairs.file import FUNCTIONS, SourceFile
from whygrad.repairs.imported import dotted

COMPUTES = ("tensorflow.", "keras.ops.", "keras.activations.", "numpy.", "math.")
MAKES = ("variable", "random", "dropout", "shuffle", "placeholder", "dataset", "gradient", "optimizer", "layer", "keras.backend", ".train.", ".io.")
READS = frozenset(("numpy", "read_value", "value", "get_shape", "astype", "reshape", "mean", "sum", "as_list"))  # methods of tensors and arrays
BUILTINS = frozenset(("float", "int", "len", "list", "tuple", "zip", "range", "enumerate", "sum", "min", "max", "abs"))
WORDS = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)


def is_pure(file: SourceFile, node: ast.AST, depth: int = 3) -> bool:
    """False also for what is not known: a function that is not in this file."""
    return not any(isinstance(n, WORDS) or (isinstance(n, ast.Call) and not _is_pure_call(file, n, depth)) for n in ast.walk(node))


def _is_pure_call(file: SourceFile, call: ast.Call, depth: int) -> bool:
    origin = dotted(file, call.func)
    if origin.startswith(COMPUTES):
        return not any(word in origin.lower() for word in MAKES)
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    found = [n for n in file.nodes if isinstance(n, (*FUNCTIONS, ast.ClassDef)) and n.name == name]
    if not found:
        return name in (BUILTINS if isinstance(call.func, ast.Name) else READS)
    return depth > 0 and len(found) == 1 and isinstance(found[0], ast.FunctionDef) and _is_pure_function(file, found[0], depth - 1)


def _is_pure_function(file: SourceFile, function: ast.FunctionDef, depth: int) -> bool:
    stores = (ast.Attribute, ast.Subscript)
    writes = any((isinstance(n, stores) and not isinstance(n.ctx, ast.Load)) or isinstance(n, (ast.Global, ast.Nonlocal)) for n in ast.walk(function))
    return not writes and all(is_pure(file, statement, depth) for statement in function.body)
