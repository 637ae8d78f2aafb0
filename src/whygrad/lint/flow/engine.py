"""The parts of the walk put together, and the walk itself: a file from top to bottom, then what nobody called."""

from __future__ import annotations

import ast

from whygrad.lint.flow import attributes, calling, expressions, statements, subscripts
from whygrad.lint.flow.graph import Frame, Site
from whygrad.lint.flow.library import layers, training
from whygrad.lint.flow.library.names import base_of, kind_of
from whygrad.lint.flow.values import Class, Function, Library, Module, Object, Plain, Value
from whygrad.lint.flow.walk import Arguments, Env, Finder, OutOfFuel, Walk


def new_walk(finder: Finder) -> Walk:
    walk = Walk(finder)
    walk.evaluate = lambda node, env: expressions.evaluate(walk, node, env)
    walk.call = lambda value, args, site: calling.call(walk, value, args, site)
    walk.execute = lambda block, env: statements.execute(walk, block, env)
    walk.attribute = lambda value, name, site: attributes.attribute(walk, value, name, site)
    walk.items = lambda value, site: subscripts.items(walk, value, site)
    layers.OWNERS.clear()
    return walk


def walk_file(path: str, text: str, finder: Finder) -> Walk:
    """Walk through a file as Python would run it; then through its functions and classes that were not used, with arguments nobody knows."""
    tree = ast.parse(text)
    walk = new_walk(finder)
    walk.texts[path] = text
    module = Module(path, {"__name__": Plain("__main__"), "__file__": Library("path")})
    walk.modules[path] = module
    env = Env(Frame(path, "<module>"), module)
    try:
        walk.execute(tree.body, env)
        _train_compiled(walk)
        _leftovers(walk, env, path)
    except (OutOfFuel, RecursionError):
        pass  # what was asked so far is answered
    return walk


def _train_compiled(walk: Walk) -> None:
    """A model that is compiled here and trained elsewhere."""
    for model in walk.models:
        if "fitted" not in model.data:
            args, site = model.data[training.COMPILED]
            loss = args.get("loss", 1)
            if loss is not None and "evaluated" not in model.data:
                training.fit(walk, model, Arguments(), site)


def _leftovers(walk: Walk, env: Env, path: str) -> None:
    for cls in list(walk.classes):
        if cls.module.path == path:
            _unused_class(walk, cls, env)
    for function in list(walk.functions):
        if function.module.path == path and function.node not in walk.seen and function.owner is None and "setter" not in function.marks:
            _alone(walk, function, [], env)


def _unused_class(walk: Walk, cls: Class, env: Env) -> None:
    """Methods that nobody called, on an object whose constructor got arguments nobody knows."""
    methods = [v for v in cls.cells.values() if isinstance(v, Function) and v.node not in walk.seen and v.owner is cls]
    if not methods:
        return
    site = Site(cls.node, env.frame)
    made = Object(base_of(cls.library_bases), site, cls)
    constructor = cls.find("__init__")
    walk.state.tapes.clear()
    if constructor is not None and isinstance(constructor[0], Function):
        _alone(walk, constructor[0], [made], env)
    for method in methods:
        if method.node in walk.seen:
            continue
        if method.name == "call" and kind_of(made.made_by) == "loss":
            _loss_alone(walk, made, site)
        elif "staticmethod" in method.marks:
            _alone(walk, method, [], env)
        elif "classmethod" in method.marks:
            _alone(walk, method, [cls], env)
        elif method.name != "train_step" or kind_of(made.made_by) != "model":
            _alone(walk, method, [made], env)
        else:
            training.fit(walk, made, Arguments(), site)


def _loss_alone(walk: Walk, loss: Object, site: Site) -> None:
    """A Loss subclass: its prediction stands for a model's output."""
    training.compile_(walk, walk.unknown(site), Arguments([], {"loss": loss}), site)


def _alone(walk: Walk, function: Function, first: list[Value], env: Env) -> None:
    """Call a function with unknown arguments."""
    site = Site(function.node, env.frame)
    walk.state.tapes.clear()
    names = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)][len(first) :]
    defaults = len(function.defaults)
    required = names[: len(names) - defaults] if defaults else names
    given = [walk.unknown(site) for _ in required]
    calling.call_function(walk, function, Arguments([*first, *given], {}, [walk.unknown(site)]), site)
