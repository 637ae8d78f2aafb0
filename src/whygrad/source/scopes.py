"""What is known of one file: its scopes, who defines which name from which expression, and in which order statements run. `reader` fills it in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Key = int | str | None  # the element that is meant: an index or a string key; None: all of the value
Kind = Literal["assign", "augmented", "mutation", "parameter", "function", "class", "import"]
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
ScopeNode = ast.Module | ast.ClassDef | Function | Comprehension

# Methods that put their arguments into the object they are called on.
MUTATORS = frozenset(
    (
        *("append", "appendleft", "extend", "insert", "add", "update", "setdefault", "put", "push", "fill", "write", "enqueue"),
        *("assign", "assign_add", "assign_sub"),
    )
)


@dataclass(frozen=True, slots=True)
class Block:
    """A list of statements; `loop`: it may run again."""

    owner: ast.AST
    field: str
    loop: bool


@dataclass(frozen=True, slots=True)
class Position:
    """When something runs: `order` counts statements in the text, `trail` is (block, index) from the outermost block inwards.

    The body of a `with` counts as part of the block around it: it always runs.
    """

    order: float
    trail: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A name (or element of it) gets a value. `value` is None for parameters, imports, functions, classes and counters."""

    name: str
    kind: Kind
    node: ast.AST
    at: Position
    value: ast.expr | None = None
    key: Key = None
    foreign: bool = False  # happens in another scope than the name lives in: its order tells nothing


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class, function, lambda or comprehension with what it defines."""

    node: ScopeNode
    path: str
    name: str
    parent: Scope | None
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    outer: dict[str, Literal["global", "nonlocal"]] = field(default_factory=dict)
    returns: list[ast.expr] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """`target.attribute = value`, in any object: attributes are told apart by name only.

    `key` is the element of `value` that was unpacked; with `into`, the element of the attribute that `value` was put into.
    """

    target: ast.AST
    value: ast.expr
    key: Key
    into: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Mutation:
    """`target[key] = value`, `target.append(value)`."""

    target: ast.expr
    value: ast.expr
    key: Key
    at: Position
    scope: Scope


@dataclass(slots=True, eq=False)
class File:
    """Everything that one pass over a file collects."""

    path: str
    lines: tuple[str, ...]
    tree: ast.Module
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    scope_of: dict[ast.AST, Scope] = field(default_factory=dict)
    position_of: dict[ast.AST, Position] = field(default_factory=dict)
    stores: dict[str, list[Store]] = field(default_factory=dict)
    mutations: list[Mutation] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)


def unpack(target: ast.expr, value: ast.expr, key: Key = None) -> Iterator[tuple[ast.expr, ast.expr, Key]]:
    """`target = value` as single targets, each with the expression it takes its value from and the element of it."""
    if isinstance(target, ast.Starred):
        yield from unpack(target.value, value)
    elif not isinstance(target, (ast.Tuple, ast.List)):
        yield target, value, key
    elif key is None and isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts) and not _starred(target, value):
        for part, element in zip(target.elts, value.elts, strict=True):
            yield from unpack(part, element)
    else:
        for index, part in enumerate(target.elts):
            yield from unpack(part, value, index if key is None and not _starred(target) else key)


def unpack_each(target: ast.expr, iterable: ast.expr) -> Iterator[tuple[ast.expr, ast.expr | None, Key]]:
    """`for target in iterable` in the same way; a counter of `enumerate` comes from nothing (None)."""
    called = iterable.func.id if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name) else ""
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) and not _starred(target) else []
    arguments = iterable.args if isinstance(iterable, ast.Call) else []
    if called == "enumerate" and len(parts) == 2 and arguments:
        yield parts[0], None, None
        yield from unpack_each(parts[1], arguments[0])
    elif called == "zip" and parts and len(parts) == len(arguments):
        for part, argument in zip(parts, arguments, strict=True):
            yield from unpack_each(part, argument)
    elif isinstance(iterable, (ast.Tuple, ast.List)) and iterable.elts:
        for element in iterable.elts:
            yield from unpack(target, element)
    else:
        yield from ((part, iterable, None) for part in _names(target))


def _names(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from _names(part)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def _starred(*sequences: ast.Tuple | ast.List) -> bool:
    return any(isinstance(e, ast.Starred) for s in sequences for e in s.elts)


def constant_key(index: ast.expr) -> Key:
    """The key that an index names when it is written out."""
    value = index.value if isinstance(index, ast.Constant) else None
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def parameters(function: Function) -> list[ast.arg]:
    """All parameters, in order; `*rest` and `**named` last."""
    a = function.args
    return [*a.posonlyargs, *a.args, *a.kwonlyargs, *([a.vararg] if a.vararg else []), *([a.kwarg] if a.kwarg else [])]
