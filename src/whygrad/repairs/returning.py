"""A function comes in; the value that it computes last and forgets to return goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.repairs.file import FUNCTIONS


def forgotten(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.expr | None:
    """None where it returns a value, yields, or ends with something that is no expression of its own."""
    last = function.body[-1]
    if not isinstance(last, ast.Expr) or isinstance(last.value, (ast.Constant, ast.Yield, ast.YieldFrom, ast.Await)):
        return None
    return None if any(isinstance(n, ast.Return) and n.value is not None for n in own_nodes(function)) else last.value


def own_nodes(function: ast.AST) -> list[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    found: list[ast.AST] = []
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            found += [child, *own_nodes(child)]
    return found
