"""One expression in; the expressions that its value comes from, one step back, out: operands, definitions, arguments, returned values, attributes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from whygrad.source.calls import Calls, Site, arguments, properties
from whygrad.source.names import callables, dotted, exported, file_of, name_definitions, scope_at
from whygrad.source.scopes import Comprehension, Definition, File, Key, Scope, constant_key

# What only looks at an object, not at the value in it.
LOOKS = frozenset(("len", "isinstance", "issubclass", "type", "id", "hasattr", "callable", "print", "repr", "dir"))
LOOK_FUNCTIONS = frozenset(("shape", "rank", "ndim", "size", "zeros_like", "ones_like", "empty_like", "result_type"))
LOOK_ATTRIBUTES = frozenset(("shape", "dtype", "ndim", "size", "rank", "name", "device"))
MAX_STACK = 6
MAX_MODULES = 4  # a name imported from a module that imported it ...


@dataclass(frozen=True, slots=True)
class Place:
    """An expression, the element of its value that is meant, and the calls entered on the way, to leave a function by the same call."""

    node: ast.expr
    key: Key = None
    stack: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A place that was reached, and from where."""

    place: Place
    file: File
    before: Chain | None

    def nodes(self) -> list[ast.expr]:
        """From the sink to here."""
        found, current = [], self
        while True:
            found.append(current.place.node)
            if current.before is None:
                return found[::-1]
            current = current.before


def inputs(calls: Calls, place: Place) -> Iterator[Place]:
    """One step back. Nothing for constants, and for what libraries know."""
    scope = scope_at(calls.names, place.node)
    if scope is None:
        return
    step = _STEPS.get(type(place.node))
    if step is not None:
        yield from step(calls, place, scope)
        return
    for child in ast.iter_child_nodes(place.node):
        if isinstance(child, ast.expr):
            yield Place(child, None, place.stack)


def _name(calls: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    assert isinstance(place.node, ast.Name)
    definitions = name_definitions(calls.names, place.node, scope)
    for definition in reversed(definitions):
        yield from _definition(calls, place, definition, scope)


def _definition(calls: Calls, place: Place, definition: Definition, scope: Scope, modules: int = MAX_MODULES) -> Iterator[Place]:
    if definition.kind == "parameter":
        yield from _parameter(calls, place, definition)
    elif definition.kind == "function":
        made = file_of(calls.names, scope).scopes.get(definition.node)
        yield from (Place(value, place.key, place.stack) for value in (made.returns if made else ()))
    elif definition.kind == "import" and modules:
        origin = file_of(calls.names, scope).imports.get(definition.name, "")
        for file, found in exported(calls.names, origin):
            for other in found:
                yield from _definition(calls, Place(place.node, place.key), other, file.scopes[file.tree], modules - 1)
    elif definition.value is not None:
        yield from _assigned(place, definition, definition.value)


def _assigned(place: Place, definition: Definition, value: ast.expr) -> Iterator[Place]:
    if definition.kind == "mutation":
        if definition.key is None or place.key is None or definition.key == place.key:
            yield Place(value, None, place.stack)
        return
    yield Place(value, place.key if definition.key is None else definition.key, place.stack)
    if definition.kind == "augmented" and isinstance(definition.node, ast.Name):
        yield Place(definition.node, place.key, place.stack)


def _parameter(calls: Calls, place: Place, parameter: Definition) -> Iterator[Place]:
    """Back to the call through which the function was entered; to all its calls when it was not entered by one."""
    function = calls.function_of.get(parameter)
    if function is None:
        return
    entered = next((i for i in reversed(range(len(place.stack))) if place.stack[i].function is function), None)
    sites = calls.by_function.get(function, []) if entered is None else [place.stack[entered]]
    stack = place.stack[:entered] if entered is not None else ()
    for site in sites:
        yield from (Place(argument, place.key, stack) for argument in arguments(site, parameter))
    if entered is None:
        for call in calls.handed.get(function, ()):
            yield from (Place(other, None, ()) for other in _others(calls, call, function))


def _others(calls: Calls, call: ast.Call, function: Scope) -> Iterator[ast.expr]:
    """What a library that was given a function may call it with: its other arguments."""
    scope = scope_at(calls.names, call)
    for argument in (*call.args, *(k.value for k in call.keywords)):
        if scope is not None and function not in callables(calls.names, argument, scope):
            yield argument.value if isinstance(argument, ast.Starred) else argument


def _attribute(calls: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    node = place.node
    assert isinstance(node, ast.Attribute)
    origin = dotted(calls.names, node, scope)
    if origin is not None:
        for file, found in exported(calls.names, origin):
            for definition in found:
                yield from _definition(calls, Place(node, place.key), definition, file.scopes[file.tree])
        return
    stored = list(_stored(calls, node.attr, place.key))
    functions = properties(calls, node, scope) or ([] if stored else callables(calls.names, node, scope))
    yield from stored
    yield from (Place(value, place.key) for function in functions for value in function.returns)
    if not stored and not functions and node.attr not in LOOK_ATTRIBUTES:
        yield Place(node.value, None, place.stack)


def _stored(calls: Calls, attribute: str, key: Key) -> Iterator[Place]:
    for store in calls.stores.get(attribute, ()):
        if not store.into:
            yield Place(store.value, key if store.key is None else store.key)
        elif store.key is None or key is None or store.key == key:
            yield Place(store.value)


def _call(calls: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    call = place.node
    assert isinstance(call, ast.Call)
    sites = calls.by_call.get(call, [])
    if sites or call in calls.constructed:
        for site in sites:
            if not site.constructor:
                stack = (*place.stack, site)[-MAX_STACK:]
                yield from (Place(value, place.key, stack) for value in site.function.returns)
        return
    name = dotted(calls.names, call.func, scope)
    if not _looks(name, call):
        yield from _library_call(calls, call, place, name)


def _looks(name: str | None, call: ast.Call) -> bool:
    if name in LOOKS:
        return True
    called = call.func.attr if isinstance(call.func, ast.Attribute) else (name or "").rpartition(".")[2]
    return called in LOOK_FUNCTIONS and name is not None


def _library_call(calls: Calls, call: ast.Call, place: Place, name: str | None) -> Iterator[Place]:
    """The result of a call that cannot be seen into may hold everything that it was given, and the object it was asked of."""
    if name == "getattr" and len(call.args) > 1:
        yield from _stored(calls, str(constant_key(call.args[1])), place.key)
    for argument in (*call.args, *(k.value for k in call.keywords)):
        yield Place(argument, None, place.stack)
    if name is None:
        picked = isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "pop") and bool(call.args)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        yield Place(receiver, constant_key(call.args[0]) if picked else None, place.stack)


def _subscript(_: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    assert isinstance(place.node, ast.Subscript)
    yield Place(place.node.value, constant_key(place.node.slice), place.stack)
    yield Place(place.node.slice, None, place.stack)


def _sequence(_: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    assert isinstance(place.node, (ast.Tuple, ast.List))
    elements = place.node.elts
    if isinstance(place.key, int) and -len(elements) <= place.key < len(elements) and not any(isinstance(e, ast.Starred) for e in elements):
        elements = [elements[place.key]]
    yield from (Place(element, None, place.stack) for element in elements)


def _dict(_: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    assert isinstance(place.node, ast.Dict)
    pairs = [*zip(place.node.keys, place.node.values, strict=True)]
    exact = [v for k, v in pairs if k is not None and place.key is not None and constant_key(k) == place.key]
    yield from (Place(value, None, place.stack) for value in exact[-1:] or [v for _, v in pairs])


def _comprehension(_: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    node = place.node
    assert isinstance(node, Comprehension)
    yield Place(node.value if isinstance(node, ast.DictComp) else node.elt, None, place.stack)


def _choice(_: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    assert isinstance(place.node, ast.IfExp)
    yield Place(place.node.body, place.key, place.stack)
    yield Place(place.node.orelse, place.key, place.stack)


def _lambda(_: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    assert isinstance(place.node, ast.Lambda)
    yield Place(place.node.body, place.key, place.stack)


def _walrus(_: Calls, place: Place, scope: Scope) -> Iterator[Place]:
    assert isinstance(place.node, ast.NamedExpr)
    yield Place(place.node.value, place.key, place.stack)


_STEPS: dict[type[ast.AST], Callable[[Calls, Place, Scope], Iterator[Place]]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.IfExp: _choice,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
}
