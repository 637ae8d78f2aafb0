"""The parsed files in; what a name, an attribute or a callee stands for out: dotted origins, the functions and classes behind an expression."""

from __future__ import annotations

import ast
import builtins
import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from whygrad.source.reaching import owner, reaching
from whygrad.source.scopes import Definition, File, Scope

DEPTH = 5  # how many aliases of a callable are followed
CALLED_BY_INSTANCE = ("__call__", "call", "forward")


@dataclass(slots=True, eq=False)
class Names:
    """The files of a program, with indices over all of them."""

    files: Mapping[str, File]
    modules: dict[str, list[File]] = field(default_factory=dict)
    methods: dict[str, list[Scope]] = field(default_factory=dict)


def index(files: Mapping[str, File]) -> Names:
    names = Names(files)
    for path, file in files.items():
        parts = path.replace("\\", "/").removesuffix(".py").removesuffix("/__init__").split("/")
        for start in range(len(parts)):
            names.modules.setdefault(".".join(parts[start:]), []).append(file)
        for scope in file.scopes.values():
            if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and is_method(scope):
                names.methods.setdefault(scope.node.name, []).append(scope)
    return names


def is_method(scope: Scope) -> bool:
    return scope.parent is not None and isinstance(scope.parent.node, ast.ClassDef)


def file_of(names: Names, scope: Scope) -> File:
    return names.files[scope.path]


def name_definitions(names: Names, node: ast.Name, scope: Scope) -> list[Definition]:
    """The definitions that a name may stand for where it is read."""
    home, direct = owner(scope, node.id)
    if home is None:
        return []
    found = home.definitions.get(node.id, [])
    file = file_of(names, scope)
    return reaching(found, file.position_of[node], file.blocks) if direct and node in file.position_of else list(found)


def dotted(names: Names, node: ast.expr, scope: Scope) -> str | None:
    """`np.linalg.norm` -> "numpy.linalg.norm"; a builtin -> its name; None when the root is neither imported nor builtin."""
    if isinstance(node, ast.Attribute):
        root = dotted(names, node.value, scope)
        return None if root is None or root in dir(builtins) else f"{root}.{node.attr}"
    if not isinstance(node, ast.Name):
        return None
    home, _ = owner(scope, node.id)
    if home is None:
        return _undefined(node.id, file_of(names, scope))
    definitions = home.definitions.get(node.id, [])
    if any(d.kind == "import" for d in definitions):
        return file_of(names, scope).imports.get(node.id)
    only = definitions[0] if len(definitions) == 1 else None
    if only is not None and only.kind == "assign" and only.key is None and isinstance(only.value, ast.Attribute):
        return dotted(names, only.value, home)  # K = tf.keras.backend
    return None


def _undefined(name: str, file: File) -> str | None:
    if name in dir(builtins):
        return name
    return f"{file.stars[0]}.{name}" if len(file.stars) == 1 else None


def exported(names: Names, origin: str) -> list[tuple[File, list[Definition]]]:
    """What a dotted name stands for in the user's own modules: their global definitions of it."""
    module, _, name = origin.lstrip(".").rpartition(".")
    if module.partition(".")[0] in sys.stdlib_module_names and not origin.startswith("."):
        return []
    found = [file for file in names.modules.get(module, ()) if name in file.scopes[file.tree].definitions]
    return [(file, file.scopes[file.tree].definitions[name]) for file in found]


def callables(names: Names, node: ast.expr, scope: Scope, depth: int = DEPTH) -> list[Scope]:
    """The user's functions and classes that an expression may stand for; empty for everything from a library."""
    if depth == 0:
        return []
    if isinstance(node, ast.Lambda):
        return [file_of(names, scope).scopes[node]]
    if isinstance(node, ast.IfExp):
        return [*callables(names, node.body, scope, depth - 1), *callables(names, node.orelse, scope, depth - 1)]
    if isinstance(node, ast.Name):
        return _unique(s for d in name_definitions(names, node, scope) for s in _defined(names, d, scope, depth))
    if isinstance(node, ast.Attribute):
        return _unique(_attribute_callables(names, node, scope, depth))
    return _unique(_returned_callables(names, node, scope, depth)) if isinstance(node, ast.Call) else []


def _unique(scopes: Iterable[Scope]) -> list[Scope]:
    return list(dict.fromkeys(scopes))


def _defined(names: Names, definition: Definition, scope: Scope, depth: int) -> list[Scope]:
    if definition.kind in ("function", "class"):
        return [file.scopes[definition.node] for file in names.files.values() if definition.node in file.scopes]
    if definition.kind == "import":
        return _imported(names, file_of(names, scope).imports.get(definition.name, ""), depth)
    if definition.kind == "assign" and definition.value is not None and definition.key is None:
        return callables(names, definition.value, scope_at(names, definition.value) or scope, depth - 1)
    return []


def _imported(names: Names, origin: str, depth: int) -> list[Scope]:
    return (
        [s for file, found in exported(names, origin) for d in found for s in _defined(names, d, file.scopes[file.tree], depth - 1)] if depth else []
    )


def _attribute_callables(names: Names, node: ast.Attribute, scope: Scope, depth: int) -> Iterator[Scope]:
    origin = dotted(names, node, scope)
    if origin is not None:
        yield from _imported(names, origin, depth)
        return
    own = own_class(node.value, scope)
    method = None if own is None else method_of(names, own, node.attr)
    yield from names.methods.get(node.attr, ()) if method is None else (method,)
    for file in names.files.values():
        for store in file.stores.get(node.attr, ()):
            yield from callables(names, store.value, scope_at(names, store.value) or scope, depth - 1)


def _returned_callables(names: Names, call: ast.Call, scope: Scope, depth: int) -> Iterator[Scope]:
    """What a call gives back, as something to call: an instance, a closure, or the function that a library wrapped (`tf.function(f)`)."""
    called = callables(names, call.func, scope, depth - 1)
    for target in called:
        if isinstance(target.node, ast.ClassDef):
            methods = (method_of(names, target, name) for name in CALLED_BY_INSTANCE)
            yield from itertools.islice((m for m in methods if m is not None), 1)
        for value in target.returns:
            yield from callables(names, value, target, depth - 1)
    if not called:
        for argument in call.args:
            yield from callables(names, argument, scope, depth - 1)


def scope_at(names: Names, node: ast.AST) -> Scope | None:
    """The scope that an expression stands in."""
    return next((file.scope_of[node] for file in names.files.values() if node in file.scope_of), None)


def own_class(receiver: ast.expr, scope: Scope) -> Scope | None:
    """The class around a method whose first parameter is the receiver (`self`)."""
    current: Scope | None = scope
    while current is not None:
        node = current.node
        if is_method(current) and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = next(iter((*node.args.posonlyargs, *node.args.args)), None)
            return current.parent if isinstance(receiver, ast.Name) and first is not None and first.arg == receiver.id else None
        current = current.parent
    return None


def method_of(names: Names, class_scope: Scope, name: str, depth: int = DEPTH) -> Scope | None:
    """The method of a class, or of those of its bases that the user wrote."""
    for definition in class_scope.definitions.get(name, ()):
        if definition.kind == "function":
            return file_of(names, class_scope).scopes[definition.node]
    bases = class_scope.node.bases if isinstance(class_scope.node, ast.ClassDef) and depth else []
    for base in bases:
        for found in callables(names, base, class_scope.parent or class_scope):
            if isinstance(found.node, ast.ClassDef) and found is not class_scope:
                inherited = method_of(names, found, name, depth - 1)
                if inherited is not None:
                    return inherited
    return None
