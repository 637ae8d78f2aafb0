"""A syntax tree in; a function's first lines, its own return statements, what it forgets to return or updates, and where elements are set, out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def first_lines(function: ast.AST) -> tuple[int, ...]:
    """Lines that may count as the first of a function: of its decorators and of `def`."""
    decorators = getattr(function, "decorator_list", [])
    return (function.lineno, *(d.lineno for d in decorators))  # type: ignore[attr-defined]


def own_returns(function: ast.AST) -> Iterator[ast.Return]:
    """The return statements of a function, without those of functions inside it."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.Return):
            yield child
        elif not isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            yield from own_returns(child)


def unreturned(function: ast.AST) -> ast.expr | None:
    """The value of the last statement of a function that returns nothing; None where it does return something, or computes nothing there."""
    body = getattr(function, "body", None)
    if not isinstance(body, list) or any(r.value is not None for r in own_returns(function)):
        return None
    last = body[-1]
    value = last.value if isinstance(last, (ast.Expr, ast.Assign)) else None
    return None if isinstance(value, (ast.Constant, ast.Yield, ast.YieldFrom, type(None))) else value


def updated(body: list[ast.stmt] | list[ast.expr], name: str) -> bool:
    """`name += 1` reads the name too."""
    return any(isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name) and n.target.id == name for part in body for n in ast.walk(part))


def element_assignment(tree: ast.AST, value: ast.expr) -> ast.Assign | ast.AugAssign | None:
    """The statement `holder[index] = value`."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign)) and node.value is value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return node if len(targets) == 1 and isinstance(targets[0], ast.Subscript) else None
    return None
