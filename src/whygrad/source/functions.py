"""A syntax tree in; a function's first lines, its own return statements, what it forgets, mistakes or updates, and where elements are set, out."""

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


def slipped(function: ast.AST) -> ast.expr | None:
    """What is most likely written with one parameter where another was meant, of the names that a function returns.

    The later of two that are given the very same value, or the one name whose value reads a parameter twice.
    """
    returned = [r.value for r in own_returns(function)]
    if len(returned) != 1 or not isinstance(returned[0], (ast.Name, ast.Tuple)):
        return None
    listed = returned[0].elts if isinstance(returned[0], ast.Tuple) else [returned[0]]
    own = {a.arg for a in function.args.args}  # type: ignore[attr-defined]
    given = {name: _only_value(function, name) for name in (e.id for e in listed if isinstance(e, ast.Name))}
    values = sorted((v for v in given.values() if v is not None), key=lambda v: v.lineno)
    seen: set[str] = set()
    for value in values:
        text = ast.unparse(value)
        if text in seen and _reads(value, own):
            return value
        seen.add(text)
    twice = [v for v in values if len(reads := _reads(v, own)) > len(set(reads))]
    return twice[0] if len(listed) == 1 and len(twice) == 1 else None


def _only_value(function: ast.AST, name: str) -> ast.expr | None:
    """What the one assignment to a name gives it."""
    stores = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)]
    found = [n.value for n in ast.walk(function) if isinstance(n, ast.Assign) and len(n.targets) == 1 and n.targets[0] in stores]
    return found[0] if len(found) == len(stores) == 1 else None


def _reads(value: ast.expr, names: set[str]) -> list[str]:
    return [n.id for n in ast.walk(value) if isinstance(n, ast.Name) and n.id in names]
