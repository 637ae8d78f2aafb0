"""A call that asks for gradients in; whether the program steps along them what it asked for, `w = w - rate * g` or `p[k].assign_sub(...)`, out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from whygrad.source.calls import Calls, Site, arguments
from whygrad.source.scopes import Scope

ROUNDS = 4  # a name for an element of a name for an element ...
DEEP = 3  # functions that hand on what is stepped
ASSIGNS = ("assign_sub", "assign")


@dataclass(frozen=True, slots=True)
class Held:
    """The expressions, as written in one function, that hold what was asked for, and those that hold its gradients."""

    sources: set[str]
    gradients: set[str] = field(default_factory=set)


def is_stepped(calls: Calls, call: ast.Call, sources: list[ast.expr], scope: Scope) -> bool:
    """In the function that asks, in those that it hands both to, or in those that get the gradients back from it."""
    held = Held({name for source in sources for name in _dotted(source)}, {ast.unparse(call)})
    return _in_function(calls, scope, held, DEEP) or _after_return(calls, scope, held, DEEP)


def _in_function(calls: Calls, scope: Scope, held: Held, deep: int) -> bool:
    nodes = list(ast.walk(scope.node))
    for _ in range(ROUNDS):
        before = len(held.sources), len(held.gradients)
        for node in nodes:
            _spread(node, held)
        if before == (len(held.sources), len(held.gradients)):
            break
    return any(_steps(node, held) or (deep > 0 and isinstance(node, ast.Call) and _handed(calls, node, held, deep - 1)) for node in nodes)


def _after_return(calls: Calls, scope: Scope, held: Held, deep: int) -> bool:
    """The function gives the gradients back: then whoever calls it may step."""
    if deep <= 0 or not any(_mentions(value, held.gradients) for value in scope.returns):
        return False
    for site in calls.by_function.get(scope, []):
        given = {name for argument in _arguments_for(site, held.sources) for name in _dotted(argument)}
        parameters = {d.name for ds in scope.definitions.values() for d in ds if d.kind == "parameter"}
        there = Held(given | {name for name in held.sources if name.split(".")[0] not in parameters - {"self"}}, {ast.unparse(site.call)})
        if _in_function(calls, site.scope, there, deep - 1) or _after_return(calls, site.scope, there, deep - 1):
            return True
    return False


def _handed(calls: Calls, call: ast.Call, held: Held, deep: int) -> bool:
    """A function of the program is given both."""
    for site in calls.by_call.get(call, []):
        inside = Held(_parameters_given(site, held.sources), _parameters_given(site, held.gradients))
        if inside.sources and inside.gradients and _in_function(calls, site.function, inside, deep):
            return True
    return False


def _parameters_given(site: Site, names: set[str]) -> set[str]:
    parameters = [d for ds in site.function.definitions.values() for d in ds if d.kind == "parameter"]
    return {d.name for d in parameters if any(_mentions(a, names) for a in arguments(site, d))}


def _arguments_for(site: Site, names: set[str]) -> Iterator[ast.expr]:
    for definition in (d for ds in site.function.definitions.values() for d in ds if d.kind == "parameter"):
        if definition.name in names:
            yield from arguments(site, definition)


# -- one function ---------------------------------------------------------------------------------------------------------------


def _spread(node: ast.AST, held: Held) -> None:
    """What a statement gives another name to."""
    if isinstance(node, (ast.For, ast.comprehension)):
        for target, value in _pairs(node.target, node.iter):
            _bind(target, value, held, iterated=True)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            _bind(target, node.value, held, iterated=False)


def _pairs(target: ast.expr, iterable: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """`for p, g in zip(params, grads)`: each name with what it runs through."""
    zipped = isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name) and iterable.func.id == "zip"
    if zipped and isinstance(target, ast.Tuple) and len(target.elts) == len(iterable.args):  # type: ignore[attr-defined]
        yield from zip(target.elts, iterable.args)  # type: ignore[attr-defined]
    else:
        yield target, iterable


def _bind(target: ast.expr, value: ast.expr, held: Held, *, iterated: bool) -> None:
    names = {_root(t) for t in (target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target])} - {""}
    if _mentions(value, held.gradients):
        held.gradients.update(names - held.sources)
    elif _is_element(value, held.sources) or (iterated and _mentions(value, held.sources)):
        held.sources.update(names)


def _steps(node: ast.AST, held: Held) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Sub) and _is_element(node.left, held.sources) and _mentions(node.right, held.gradients)
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ast.Sub) and _is_element(node.target, held.sources) and _mentions(node.value, held.gradients)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASSIGNS:
        return _is_element(node.func.value, held.sources) and any(_mentions(a, held.gradients) for a in node.args)
    return False


def _is_element(node: ast.AST, names: set[str]) -> bool:
    while isinstance(node, ast.Subscript) and ast.unparse(node) not in names:
        node = node.value
    return isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and ast.unparse(node) in names


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(n, (ast.Name, ast.Attribute, ast.Call)) and ast.unparse(n) in names for n in ast.walk(node))


def _dotted(node: ast.expr) -> Iterator[str]:
    """`self.params` and `w` of `[self.params["a"], w]`; a function that is called is none of them."""
    if isinstance(node, ast.Call):
        receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        for part in (*receiver, *node.args):
            yield from _dotted(part)
    elif isinstance(node, (ast.Name, ast.Attribute)):
        yield ast.unparse(node)
    elif isinstance(node, ast.Subscript):
        yield from _dotted(node.value)
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from _dotted(child)
            elif isinstance(child, ast.comprehension):
                yield from _dotted(child.iter)


def _root(node: ast.expr) -> str:
    """The name or attribute that a target is, or is an element of."""
    while isinstance(node, (ast.Subscript, ast.Starred)):
        node = node.value
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
