"""Functions and methods that nobody called: those that may ask for gradients are called with arguments that nobody knows."""

from __future__ import annotations

from collections.abc import Callable

from whygrad import syntax as ast
from whygrad.lint.flow import calling
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.outside import tapes, training
from whygrad.lint.flow.outside import weights as held
from whygrad.lint.flow.outside.names import base_of, kind_of
from whygrad.lint.flow.survey import Survey
from whygrad.lint.flow.values import Class, Function, Object, Plain, Sequence, Table, Tape, Tensor, Value
from whygrad.lint.flow.walk import Arguments, Env, Question, Walk
from whygrad.lint.flow.withs import begin, end

ASKING = frozenset({"gradient", "jacobian", "batch_jacobian", "gradients", "minimize", "compute_gradients", "compile", "fit", "train_on_batch"})
Within = Callable[[Callable[[], object]], None]


def call_unused(path: str, found: Survey, walk: Walk, env: Env, within: Within) -> None:
    """`within`: does a piece of work with a ration of its own."""
    asking = _asking(found)
    for cls in list(walk.classes):
        if cls.module.path == path:
            _methods(walk, cls, env, asking, within)
    for function in list(walk.functions):
        alone = function.owner is None and "setter" not in function.marks and function.node not in walk.seen
        if alone and function.module.path == path and function.node in asking:
            within(lambda function=function: _alone(walk, function, [], env))  # type: ignore[misc]


def _asking(found: Survey) -> set[ast.AST]:
    """The functions that ask for gradients, or call by name one that does."""
    names = set(ASKING)
    while True:
        more = {found.names[f] for f, words in found.called.items() if words & names} - names - {""}
        if not more:
            return {f for f, words in found.called.items() if words & names}
        names |= more


def _methods(walk: Walk, cls: Class, env: Env, asking: set[ast.AST], within: Within) -> None:
    """On an object whose constructor got arguments nobody knows."""
    methods = [v for v in cls.cells.values() if isinstance(v, Function) and v.node not in walk.seen and v.owner is cls]
    kind = kind_of(base_of(cls.foreign_bases))
    forward = next((m for m in methods if m.name == ("__call__" if kind == "module" else "call")), None)
    if forward is not None and kind in ("layer", "model", "module"):
        within(lambda: _on_data(walk, cls, forward, env))
    wanted = [m for m in methods if m.node in asking or (m.name == "call" and kind == "loss")]
    if not wanted:
        return
    site = Site(cls.node, env.frame)
    made = Object(base_of(cls.foreign_bases), site, cls)
    constructor = cls.find("__init__")
    if constructor is not None and isinstance(constructor[0], Function):
        within(lambda: _alone(walk, constructor[0], [made], env, settings=True))  # type: ignore[arg-type]
    _grown_older(walk, made)
    for method in wanted:
        if method.node not in walk.seen:
            within(lambda method=method: _method(walk, cls, made, method, env, kind))  # type: ignore[misc]


def _grown_older(walk: Walk, made: Object) -> None:
    """Other methods were called since: lists were filled, counters went on, what was None got its value."""
    for name, value in made.cells.items():
        if isinstance(value, Sequence) and value.kind == "list":
            made.cells[name] = Sequence.of(value.items, "list", True) if value.items else walk.unknown(made.site)
        elif isinstance(value, Table):
            made.cells[name] = Table({**value.cells, Table.OTHER: walk.unknown(made.site)})
        elif isinstance(value, Plain) and not isinstance(value.value, str):
            made.cells[name] = walk.unknown(made.site) if value.value is None else walk.data(made.site, form="number")


def _on_data(walk: Walk, cls: Class, forward: Function, env: Env) -> None:
    """A layer that nobody uses here: made, built, then called under a tape on data; do its own weights reach its output?"""
    site = Site(cls.node, env.frame)
    constructor, builder = cls.find("__init__"), cls.find("build")
    made = Object(base_of(cls.foreign_bases), site, cls)
    if constructor is not None and isinstance(constructor[0], Function):
        _alone(walk, constructor[0], [made], env, settings=True)
    if builder is not None and isinstance(builder[0], Function):
        calling.call_function(walk, builder[0], Arguments([made, walk.data(site, "input_shape", "number", "integer")]), site)
    made.data["built"] = True
    tape = tapes.make(walk, Arguments(), site)
    assert isinstance(tape, Tape)
    begin(walk, tape)
    inputs: list[Value] = [walk.data(site, "inputs", dtype="float") for _ in _required(forward)[1:]]
    output = calling.call_function(walk, forward, Arguments([made, *inputs]), site)
    end(walk, tape)
    own = [(name, v) for name, v, _, trains in held.trained(walk, made) if isinstance(v, Tensor) and trains]
    question = Question("layer", site, output, Sequence.of([v for _, v in own], "list"), tape, order=walk.state.tick())
    question.facts["names"] = [f"{cls.name}{name}" for name, _ in own]
    walk.ask(question)


def _required(function: Function) -> list[str]:
    names = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)]
    return names[: len(names) - len(function.defaults)] if function.defaults else names


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


def _alone(walk: Walk, function: Function, first: list[Value], env: Env, settings: bool = False) -> None:
    """Call a function with unknown arguments. `settings`: what has a number or a text as default is one, whatever its value."""
    site = Site(function.node, env.frame)
    walk.state.tapes.clear()
    names = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)][len(first) :]
    required = names[: len(names) - len(function.defaults)] if function.defaults else names
    given: list[Value] = [walk.unknown(site) for _ in required]
    by_default = zip(names[len(required) :], function.defaults) if settings else ()
    known: dict[str, Value] = {n: walk.data(site, form="number") for n, d in by_default if isinstance(d, Plain) and d.value is not None}
    calling.call_function(walk, function, Arguments([*first, *given], known, [walk.unknown(site)]), site)
