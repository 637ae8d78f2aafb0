"""The program's calls in; which call runs which function, which argument becomes which parameter, and what calls put into containers, out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from whygrad.source.names import Names, callables, file_of, is_method, method_of, name_definitions, own_class, scope_at
from whygrad.source.reaching import owner
from whygrad.source.scopes import Definition, Key, Mutation, Position, Scope, Store, constant_key, parameters

FunctionNode = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One call of one function. `shift`: how many leading parameters are filled by the object it is called on."""

    call: ast.Call
    scope: Scope
    function: Scope
    shift: int
    constructor: bool = False


@dataclass(slots=True, eq=False)
class Calls:
    """All calls of the program, linked both ways. `handed`: calls of libraries that a function was given to."""

    names: Names
    by_call: dict[ast.Call, list[Site]] = field(default_factory=dict)
    by_function: dict[Scope, list[Site]] = field(default_factory=dict)
    handed: dict[Scope, list[ast.Call]] = field(default_factory=dict)
    stores: dict[str, list[Store]] = field(default_factory=dict)
    constructed: set[ast.Call] = field(default_factory=set)
    function_of: dict[Definition, Scope] = field(default_factory=dict)  # of a parameter


def link(names: Names) -> Calls:
    calls = Calls(names)
    for file in names.files.values():
        for attribute, stores in file.stores.items():
            calls.stores.setdefault(attribute, []).extend(stores)
        for scope in file.scopes.values():
            calls.function_of.update((d, scope) for ds in scope.definitions.values() for d in ds if d.kind == "parameter")
    for file in names.files.values():
        for call in file.calls:
            _link_call(calls, call, file.scope_of[call])
    for file in names.files.values():
        for mutation in file.mutations:
            _link_mutation(calls, mutation, set())
    return calls


def _link_call(calls: Calls, call: ast.Call, scope: Scope) -> None:
    targets = callables(calls.names, call.func, scope)
    for target in targets:
        if isinstance(target.node, ast.ClassDef):
            _link_constructor(calls, call, scope, target)
        else:
            _add(calls, Site(call, scope, target, _shift(calls.names, call, scope, target)))
    if not targets:
        for argument in (*call.args, *(k.value for k in call.keywords)):
            for given in callables(calls.names, argument, scope) if isinstance(argument, (ast.Name, ast.Attribute, ast.Lambda)) else ():
                calls.handed.setdefault(given, []).append(call)


def _add(calls: Calls, site: Site) -> None:
    calls.by_call.setdefault(site.call, []).append(site)
    calls.by_function.setdefault(site.function, []).append(site)


def _shift(names: Names, call: ast.Call, scope: Scope, function: Scope) -> int:
    if not is_method(function) or isinstance(function.node, ast.Lambda):
        return 0
    assert isinstance(function.node, (ast.FunctionDef, ast.AsyncFunctionDef))
    decorators = {d.id for d in function.node.decorator_list if isinstance(d, ast.Name)}
    if "staticmethod" in decorators:
        return 0
    through_class = isinstance(call.func, ast.Attribute) and _is_class(names, call.func.value, scope)
    return 0 if through_class and "classmethod" not in decorators else 1


def _is_class(names: Names, node: ast.expr, scope: Scope) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute)) and any(isinstance(s.node, ast.ClassDef) for s in callables(names, node, scope))


def _link_constructor(calls: Calls, call: ast.Call, scope: Scope, made: Scope) -> None:
    """`__init__` takes the arguments; a dataclass or named tuple stores them under the names of its fields."""
    constructor = method_of(calls.names, made, "__init__")
    if constructor is not None:
        calls.constructed.add(call)
        _add(calls, Site(call, scope, constructor, 1, constructor=True))
        return
    assert isinstance(made.node, ast.ClassDef)
    fields = [s.target.id for s in made.node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
    given = [*zip(fields, call.args, strict=False), *((k.arg, k.value) for k in call.keywords if k.arg in fields)]
    if given:
        calls.constructed.add(call)
    for name, value in given:
        calls.stores.setdefault(name or "", []).append(Store(call, value, None))


def _link_mutation(calls: Calls, mutation: Mutation, seen: set[tuple[Scope, str]]) -> None:
    """What is put into a container reaches everyone who holds it: the name, its alias, the attribute, the caller's argument."""
    target, key = _container(mutation.target, mutation.key)
    if isinstance(target, ast.Attribute):
        calls.stores.setdefault(target.attr, []).append(Store(target, mutation.value, key, into=True))
    if not isinstance(target, ast.Name):
        return
    for definition in name_definitions(calls.names, target, mutation.scope) or ():
        _link_alias(calls, mutation, key, definition, seen)
    _define(calls, mutation, target, key)


def _container(target: ast.expr, key: Key) -> tuple[ast.expr, Key]:
    """`d[k][j] = v` and `d.setdefault(k, []).append(v)` put into `d`."""
    while True:
        if isinstance(target, ast.Subscript):
            key, target = constant_key(target.slice), target.value
        elif isinstance(target, ast.Call) and isinstance(target.func, ast.Attribute):
            target, key = target.func.value, None
        else:
            return target, key


def _define(calls: Calls, mutation: Mutation, target: ast.Name, key: Key) -> None:
    home, direct = owner(mutation.scope, target.id)
    if home is not None:
        made = Definition(target.id, "mutation", target, mutation.at, mutation.value, key, foreign=not direct)
        home.definitions[target.id].append(made)


def _link_alias(calls: Calls, mutation: Mutation, key: Key, definition: Definition, seen: set[tuple[Scope, str]]) -> None:
    holders: list[tuple[ast.expr, Scope, Position]] = []
    if definition.kind == "assign" and isinstance(definition.value, (ast.Name, ast.Attribute)):
        scope = scope_at(calls.names, definition.value)
        holders.extend([(definition.value, scope, mutation.at)] if scope is not None else [])
    if definition.kind == "parameter":
        function = calls.function_of.get(definition)
        for site in calls.by_function.get(function, ()) if function is not None else ():
            at = file_of(calls.names, site.scope).position_of[site.call]
            holders.extend((a, site.scope, at) for a in arguments(site, definition))
    for holder, scope, at in holders:
        name = holder.id if isinstance(holder, ast.Name) else ast.unparse(holder)
        if (scope, name) not in seen:
            seen.add((scope, name))
            _link_mutation(calls, Mutation(holder, mutation.value, key, at, scope), seen)


def arguments(site: Site, parameter: Definition) -> list[ast.expr]:
    """The expressions that a call hands to a parameter: also the receiver for `self`, `*` and `**` with all they may hold, the default."""
    node = site.function.node
    assert isinstance(node, FunctionNode)
    given = list(_given(site, node, parameter))
    return given or _default(node, parameter.name)


def _given(site: Site, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, parameter: Definition) -> Iterator[ast.expr]:
    call, names = site.call, [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    known = {a.arg for a in parameters(node)}
    spread = [a.value for a in call.args if isinstance(a, ast.Starred)]
    if node.args.vararg is not None and node.args.vararg is parameter.node:
        yield from (a.value if isinstance(a, ast.Starred) else a for a in call.args[max(len(names) - site.shift, 0) :])
        return
    if node.args.kwarg is not None and node.args.kwarg is parameter.node:
        yield from (k.value for k in call.keywords if k.arg not in known)
        return
    named = [k.value for k in call.keywords if k.arg == parameter.name]
    yield from named
    if not named and parameter.name in names:
        position = names.index(parameter.name) - site.shift
        if position < 0:
            yield from [call.func.value] if isinstance(call.func, ast.Attribute) and not site.constructor else []
        elif not spread and position < len(call.args):
            yield call.args[position]
        elif spread:
            first = next(i for i, a in enumerate(call.args) if isinstance(a, ast.Starred))
            yield from [call.args[position]] if position < first else spread
    if not named:
        yield from (k.value for k in call.keywords if k.arg is None)


def _default(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str) -> list[ast.expr]:
    positional = [*node.args.posonlyargs, *node.args.args]
    pairs = [*zip(reversed(positional), reversed(node.args.defaults), strict=False), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    return [default for parameter, default in pairs if parameter.arg == name and default is not None]


def properties(calls: Calls, node: ast.Attribute, scope: Scope) -> list[Scope]:
    """The `@property` functions of that name."""
    own = own_class(node.value, scope)
    own_method = None if own is None else method_of(calls.names, own, node.attr)
    found = calls.names.methods.get(node.attr, []) if own_method is None else [own_method]
    return [
        s
        for s in found
        if isinstance(s.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and any("property" in ast.unparse(d) for d in s.node.decorator_list)
    ]
