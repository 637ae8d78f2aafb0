"""Calls: the user's functions are walked into, classes make objects, everything of a library goes to `library`."""

from __future__ import annotations

from collections.abc import Callable

from whygrad import syntax as ast
from whygrad.lint.flow import outside
from whygrad.lint.flow.custom_gradients import through_custom
from whygrad.lint.flow.graph import Frame, Site
from whygrad.lint.flow.outside.names import base_of
from whygrad.lint.flow.truth import is_none
from whygrad.lint.flow.values import (
    NONE,
    Bound,
    Class,
    Either,
    Exhaustible,
    Function,
    Library,
    Object,
    Partial,
    Sequence,
    Table,
    Tensor,
    Unknown,
    Value,
)
from whygrad.lint.flow.walk import DEPTH, SAME, Arguments, Env, Walk
from whygrad.lint.flow.withs import GENERATOR


def call(walk: Walk, value: Value, args: Arguments, site: Site) -> Value:
    """What `value(...)` gives."""
    walk.burn()
    handler = HANDLERS.get(value.__class__)
    return walk.unknown(site, value, *args.all()) if handler is None else handler(walk, value, args, site)


def _either(walk: Walk, value: Either, args: Arguments, site: Site) -> Value:
    joined: Value = walk.state.join([call(walk, o, args, site) for o in value.options if not is_none(o)] or [walk.unknown(site)])
    return joined


def _bound(walk: Walk, value: Bound, args: Arguments, site: Site) -> Value:
    if isinstance(value.function, str):
        return outside.method(walk, value.receiver, value.function, args, site)
    return call_function(walk, value.function, Arguments([value.receiver, *args.positional], args.keywords, args.spread), site)


def _of_unknown(walk: Walk, value: Unknown, args: Arguments, site: Site) -> Value:
    if value.receiver is None:
        return walk.unknown(site, value, *args.all())
    return outside.method(walk, value.receiver, value.name, args, site)


def call_object(walk: Walk, value: Object, args: Arguments, site: Site) -> Value:
    """A layer, a model, a loss, or an instance with `__call__`."""
    own = value.cls.find("__call__") if value.cls is not None else None
    if own is not None:
        return call(walk, walk.attribute(value, "__call__", site), args, site)
    return outside.call_object(walk, value, args, site)


def _of_tensor(walk: Walk, value: Tensor, args: Arguments, site: Site) -> Value:
    """`v.value()` of a variable: in Keras 3 `v.value` is the variable itself."""
    called = site.node.func if isinstance(site.node, ast.Call) else None
    if value.form == "variable" and isinstance(called, ast.Attribute) and called.attr == "value":
        return outside.method(walk, value, "value", args, site)
    return walk.unknown(site, value, *args.all())


# -- functions ---------------------------------------------------------------------------------------------------------------


def call_function(walk: Walk, function: Function, args: Arguments, site: Site) -> Value:
    """Walk through the body with these arguments. Too deep: unknown."""
    walk.seen.add(function.node)
    title = _title(function)
    if _is_too_deep(site.frame, title):
        return walk.unknown(site, *args.all())
    frame = Frame(function.module.path, title, site, function.node)
    receiver = args.positional[0] if function.owner is not None and args.positional and "staticmethod" not in function.marks else None
    frame.gives_later = function.node in walk.generators
    env = Env(frame, function.module, ({}, *function.scopes), function.owner, receiver)
    bind(walk, function, args, env)
    frame.given = dict(env.own)
    if "contextmanager" in function.marks:
        return _generator(walk, function, env, site)
    result = walk.state.collect(lambda: _run(walk, function, env))
    if "custom_gradient" in function.marks:
        return through_custom(walk, function, args, result, site)
    return result  # type: ignore[no-any-return]


def _is_too_deep(frame: Frame, title: str) -> bool:
    """Whether there are too many calls around this frame, or too many of the same function."""
    depth = same = 0
    caller = frame.called_from
    while caller is not None:
        depth += 1
        same += caller.frame.function == title
        caller = caller.frame.called_from
    return depth > DEPTH or same > SAME


def _title(function: Function) -> str:
    return f"{function.owner.name}.{function.name}" if function.owner is not None else function.name


def _run(walk: Walk, function: Function, env: Env) -> Value:
    if isinstance(function.node, ast.Lambda):
        return walk.evaluate(function.node.body, env)
    flow = walk.execute(function.node.body, env)
    if function.node in walk.generators:
        return Exhaustible(Sequence.of(env.yielded or [walk.unknown(None)], "list", True), "generator")
    if flow.value in ("next", "break", "continue"):
        env.returned.append(NONE)
    joined: Value = walk.state.join(env.returned) if env.returned else walk.unknown(None)
    return joined


def _generator(walk: Walk, function: Function, env: Env, site: Site) -> Value:
    """A context manager written with `yield`: its body runs around the block."""

    def run(rest: Callable[[Value], None]) -> None:
        env.on_yield = rest
        walk.state.collect(lambda: _run(walk, function, env))

    return Object(GENERATOR, site, data={"run": run})


def bind(walk: Walk, function: Function, args: Arguments, env: Env) -> None:
    """Parameters get their values: arguments, defaults, unknown where `*` or `**` may have brought them."""
    spec = function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    cells = env.own
    defaults = dict(zip(names[len(names) - len(function.defaults) :], function.defaults)) | dict(function.keyword_defaults)
    cells.update(zip(names, args.positional))
    for name in (*names[len(args.positional) :], *(a.arg for a in spec.kwonlyargs)):
        if name not in args.keywords:
            missing = walk.unknown(env.frame.called_from, *args.spread)
            cells[name] = missing if args.spread or name not in defaults else defaults[name]
    if args.keywords:
        cells.update((name, args.keywords[name]) for name in (*names, *(a.arg for a in spec.kwonlyargs)) if name in args.keywords)
    if spec.vararg is not None:
        rest = args.positional[len(names) :]
        cells[spec.vararg.arg] = Sequence.of([*rest, *args.spread], "tuple", bool(args.spread))
    if spec.kwarg is not None:
        known = {a.arg for a in (*spec.args, *spec.kwonlyargs)}
        others = {k: v for k, v in args.keywords.items() if k not in known}
        cells[spec.kwarg.arg] = Table({**others, **({Table.OTHER: args.spread[0]} if args.spread else {})})


# -- classes -----------------------------------------------------------------------------------------------------------------


def instantiate(walk: Walk, cls: Class, args: Arguments, site: Site) -> Value:
    """An object of the user's class, its constructor walked through."""
    if cls.has_unknown_base and cls.find("__init__") is None:
        return walk.unknown(site, *args.all())
    made = Object(base_of(cls.foreign_bases), site, cls)
    made.data["args"] = args
    constructor = cls.find("__init__")
    if constructor is not None and isinstance(constructor[0], Function):
        call_function(walk, constructor[0], Arguments([made, *args.positional], args.keywords, args.spread), site)
    elif "dataclass" in cls.marks or made.made_by == "typing.NamedTuple":
        _fields(walk, cls, args, made)
        after = cls.find("__post_init__")
        if after is not None and isinstance(after[0], Function):
            call_function(walk, after[0], Arguments([made]), site)
    else:
        outside.construct(walk, made, args, site)
    return made


def _fields(walk: Walk, cls: Class, args: Arguments, made: Object) -> None:
    names = [s.target.id for s in cls.node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
    for position, name in enumerate(names):
        value = args.get(name, position)
        found = cls.find(name)
        made.cells[name] = value if value is not None else found[0] if found is not None else walk.unknown(made.site, *args.spread)


HANDLERS: dict[type, Callable[..., Value]] = {
    Either: _either,
    Function: call_function,
    Bound: _bound,
    Class: instantiate,
    Partial: lambda walk, value, args, site: value.call(args, site),
    Library: lambda walk, value, args, site: outside.function(walk, value.name, args, site),
    Object: call_object,
    Tensor: _of_tensor,
    Unknown: _of_unknown,
}
