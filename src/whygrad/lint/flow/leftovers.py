"""Functions and methods that nobody called: those that may ask for gradients are called with arguments that nobody knows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from whygrad.lint.flow import calling
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.library import training
from whygrad.lint.flow.library.names import base_of, kind_of
from whygrad.lint.flow.values import Class, Function, Object, Value
from whygrad.lint.flow.walk import Arguments, Env, Walk

ASKING = frozenset({"gradient", "jacobian", "batch_jacobian", "gradients", "minimize", "compute_gradients", "compile", "fit", "train_on_batch"})
Within = Callable[[Callable[[], object]], None]


def call_unused(path: str, tree: ast.Module, walk: Walk, env: Env, within: Within) -> None:
    """`within`: does a piece of work with a ration of its own."""
    asking = _asking(tree)
    for cls in list(walk.classes):
        if cls.module.path == path:
            _methods(walk, cls, env, asking, within)
    for function in list(walk.functions):
        alone = function.owner is None and "setter" not in function.marks and function.node not in walk.seen
        if alone and function.module.path == path and function.node in asking:
            within(lambda function=function: _alone(walk, function, [], env))  # type: ignore[misc]


def _asking(tree: ast.Module) -> set[ast.AST]:
    """The functions that ask for gradients, or call by name one that does."""
    functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    words = {f: set(_words(f)) for f in functions}
    names = set(ASKING)
    while True:
        more = {f.name for f in functions if words[f] & names} - names
        if not more:
            return {f for f in functions if words[f] & names}
        names |= more


def _words(function: ast.AST) -> Iterator[str]:
    """What is called in it, by the last word of its name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def _methods(walk: Walk, cls: Class, env: Env, asking: set[ast.AST], within: Within) -> None:
    """On an object whose constructor got arguments nobody knows."""
    methods = [v for v in cls.cells.values() if isinstance(v, Function) and v.node not in walk.seen and v.owner is cls]
    kind = kind_of(base_of(cls.library_bases))
    wanted = [m for m in methods if m.node in asking or (m.name == "call" and kind == "loss")]
    if not wanted:
        return
    site = Site(cls.node, env.frame)
    made = Object(base_of(cls.library_bases), site, cls)
    constructor = cls.find("__init__")
    if constructor is not None and isinstance(constructor[0], Function):
        within(lambda: _alone(walk, constructor[0], [made], env))  # type: ignore[arg-type]
    for method in wanted:
        if method.node not in walk.seen:
            within(lambda method=method: _method(walk, cls, made, method, env, kind))  # type: ignore[misc]


def _method(walk: Walk, cls: Class, made: Object, method: Function, env: Env, kind: str) -> None:
    site = Site(cls.node, env.frame)
    if method.name == "call" and kind == "loss":  # its prediction stands for a model's output
        training.compile_(walk, walk.unknown(site), Arguments([], {"loss": made}), site)
    elif "staticmethod" in method.marks:
        _alone(walk, method, [], env)
    elif "classmethod" in method.marks:
        _alone(walk, method, [cls], env)
    elif method.name == "train_step" and kind == "model":
        training.fit(walk, made, Arguments(), site)
    else:
        _alone(walk, method, [made], env)


def _alone(walk: Walk, function: Function, first: list[Value], env: Env) -> None:
    """Call a function with unknown arguments."""
    site = Site(function.node, env.frame)
    walk.state.tapes.clear()
    names = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)][len(first) :]
    required = names[: len(names) - len(function.defaults)] if function.defaults else names
    given: list[Value] = [walk.unknown(site) for _ in required]
    calling.call_function(walk, function, Arguments([*first, *given], {}, [walk.unknown(site)]), site)
