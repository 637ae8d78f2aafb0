"""Is a tensor moved against its gradient, as a parameter is? In the function that asks, or in one that it calls with it."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.lint.flow.walk import Question, Walk

MOVES = ("assign_sub", "apply_gradients")
Body = ast.AST | list[ast.stmt]


def is_stepped(walk: Walk, question: Question, source: str) -> bool:
    """`w = w - rate * g`, `params[k].assign_sub(...)`, `apply_gradients(...)`. `source`: the name of the tensor."""
    name = source.partition("[")[0]
    body = list(_inside(walk, question))
    return any(_is_step(node, name) for node in body) or any(
        _is_step(node, inner) for function, inner in _called_with(walk, body, name) for node in ast.walk(function)
    )


def _inside(walk: Walk, question: Question) -> Iterator[ast.AST]:
    """The function that asks; at the level of a module its own statements."""
    frame = question.site.frame
    if frame.node is not None:
        yield from ast.walk(frame.node)
        return
    tree = walk.trees.get(frame.path)
    for statement in tree.body if tree is not None else ():
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from ast.walk(statement)


def _called_with(walk: Walk, body: list[ast.AST], name: str) -> Iterator[tuple[ast.AST, str]]:
    """The user's functions that are called with the tensor, and what it is called in there; methods of the object that has it."""
    known = {(f.owner is not None, f.name): f.node for f in walk.functions}
    for call in body:
        if not isinstance(call, ast.Call):
            continue
        function = call.func
        called = known.get((False, function.id)) if isinstance(function, ast.Name) else None
        if isinstance(function, ast.Attribute):
            called = known.get((True, function.attr)) or known.get((False, function.attr))
        if called is None:
            continue
        parameters = [a.arg for a in called.args.args if a.arg not in ("self", "cls")]
        yield from ((called, inner) for inner, given in zip(parameters, call.args) if _base(given) == name)
        if isinstance(function, ast.Attribute) and _base(function.value) == name.rpartition(".")[0] == "self":
            yield called, name


def _is_step(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Assign):
        return _is_moved(node.value, name) and any(_base(t) == name or isinstance(t, ast.Subscript) for t in node.targets)
    if isinstance(node, ast.Return) and node.value is not None:
        return not isinstance(node.value, ast.BinOp) and _is_moved(node.value, name)
    if isinstance(node, ast.AugAssign):
        return _base(node.target) == name and isinstance(node.op, ast.Sub)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MOVES


def _is_moved(value: ast.expr, name: str) -> bool:
    """`w - rate * g`, or that for each of them: `[p - rate * g for p, g in zip(params, grads)]`."""
    if isinstance(value, (ast.ListComp, ast.DictComp)):
        over = {n.id for g in value.generators for n in ast.walk(g.iter) if isinstance(n, ast.Name)}
        one = value.elt if isinstance(value, ast.ListComp) else value.value
        return name in over and isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub)
    return isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub) and _base(value.left) == name


def _base(node: ast.expr) -> str:
    """`params["w"]` -> `params`, `self.w` -> `self.w`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
