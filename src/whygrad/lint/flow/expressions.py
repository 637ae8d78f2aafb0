"""Expressions in, abstract values out."""

from __future__ import annotations

import builtins
from collections.abc import Callable

from whygrad import syntax as ast
from whygrad.lint.flow import assigning, definitions, subscripts
from whygrad.lint.flow.arithmetic import binary, compare, unary
from whygrad.lint.flow.imports import resolved
from whygrad.lint.flow.outside import misnamed
from whygrad.lint.flow.truth import truth
from whygrad.lint.flow.values import (
    NONE,
    Hidden,
    Library,
    Plain,
    Sequence,
    Table,
    Value,
    nodes,
)
from whygrad.lint.flow.walk import Arguments, Env, Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_ITEMS = 64
MISNAMED = "is"
ITERATED = "in"  # no name of Python's: what a comprehension runs over
WHY_EMPTY = ("unbuilt", "untracked", "frozen")  # what a model's list of variables knows of itself
BUILTINS = frozenset(dir(builtins))


def _constant(walk: Walk, node: ast.Constant, env: Env) -> Value:
    return Plain(node.value)


def _name(walk: Walk, node: ast.Name, env: Env) -> Value:
    name = node.id
    if name in env.outside and name in env.outside[name]:
        return resolved(env.outside[name], name)
    for cells in env.scopes:
        if name in cells:
            return resolved(cells, name)
    if name in env.module.cells:
        return resolved(env.module.cells, name)
    if name in BUILTINS:
        return Library(f"builtins.{name}")
    star = env.module.cells.get("*")
    return Library(f"{star.name}.{name}") if isinstance(star, Library) else walk.unknown(env.site(node))


def _attribute(walk: Walk, node: ast.Attribute, env: Env) -> Value:
    return walk.attribute(walk.evaluate(node.value, env), node.attr, env.site(node))


def _call(walk: Walk, node: ast.Call, env: Env) -> Value:
    parent = _super(walk, node, env)
    return parent or walk.call(walk.evaluate(node.func, env), arguments(walk, node, env), env.site(node))


def _super(walk: Walk, node: ast.Call, env: Env) -> Value | None:
    """`super()`, with or without arguments."""
    if isinstance(node.func, ast.Name) and node.func.id == "super" and env.receiver is not None and env.owner is not None:
        return definitions.super_of(env)
    return None


def arguments(walk: Walk, node: ast.Call, env: Env) -> Arguments:
    """The arguments of a call, `*` and `**` spread where their contents are known."""
    given = Arguments()
    for arg in node.args:
        if not isinstance(arg, ast.Starred):
            (given.spread or given.positional).append(walk.evaluate(arg, env))
            continue
        items, is_open = walk.items(walk.evaluate(arg.value, env), env.site(arg))
        (given.spread if is_open or given.spread else given.positional).extend(items)
    for keyword in node.keywords:
        value = walk.evaluate(keyword.value, env)
        if keyword.arg is not None:
            given.keywords[keyword.arg] = value
        elif isinstance(value, Table) and value.has_known_keys:
            given.keywords.update({k: v for k, v in value.cells.items() if isinstance(k, str)})
        else:
            given.spread.append(value)
    return given


def _binary(walk: Walk, node: ast.BinOp, env: Env) -> Value:
    return binary(walk, node.op, walk.evaluate(node.left, env), walk.evaluate(node.right, env), env.site(node))


def _unary(walk: Walk, node: ast.UnaryOp, env: Env) -> Value:
    return unary(walk, node.op, walk.evaluate(node.operand, env), env.site(node))


def _compare(walk: Walk, node: ast.Compare, env: Env) -> Value:
    values = [walk.evaluate(n, env) for n in (node.left, *node.comparators)]
    found = [compare(walk, op, a, b, env.site(node)) for op, a, b in zip(node.ops, values, values[1:])]
    return found[0] if len(found) == 1 else _all(walk, found)


def _all(walk: Walk, found: list[Value]) -> Value:
    known = [truth(v) for v in found]
    return Plain(False) if False in known else Plain(True) if all(known) else next(v for v, k in zip(found, known) if k is None)


def _bool(walk: Walk, node: ast.BoolOp, env: Env) -> Value:
    """`and` and `or` stop at what decides them."""
    decides = isinstance(node.op, ast.Or)
    left: list[Value] = []
    for i, part in enumerate(node.values):
        value = walk.evaluate(part, env)
        known = truth(value)
        if known is decides or i == len(node.values) - 1:
            left.append(value)
            break
        if known is None:
            left.append(value)
    joined: Value = walk.state.join(left)
    return joined


def _conditional(walk: Walk, node: ast.IfExp, env: Env) -> Value:
    test = walk.evaluate(node.test, env)
    walk.decisions.update(nodes(test))
    known = truth(test)
    if known is not None:
        return walk.evaluate(node.body if known else node.orelse, env)
    joined: Value = walk.state.join([walk.evaluate(node.body, env), walk.evaluate(node.orelse, env)])
    return joined


def _sequence(walk: Walk, node: ast.Tuple | ast.List | ast.Set, env: Env) -> Value:
    kind = "list" if isinstance(node, ast.List) else "tuple" if isinstance(node, ast.Tuple) else "set"
    items: list[Value] = []
    is_open = False
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner, inner_open = walk.items(walk.evaluate(element.value, env), env.site(element))
            items += inner
            is_open |= inner_open
        else:
            items.append(walk.evaluate(element, env))
    return Sequence.of(items, kind, is_open)


def _dict(walk: Walk, node: ast.Dict, env: Env) -> Value:
    cells: dict[Any, Any] = {}
    for key, value_node in zip(node.keys, node.values):
        value = walk.evaluate(value_node, env)
        if key is None:
            cells.update(value.cells if isinstance(value, Table) else {Table.OTHER: value})
            continue
        found = walk.evaluate(key, env)
        known = isinstance(found, Plain) and found.value.__hash__ is not None
        cells[found.value if known and isinstance(found, Plain) else Table.OTHER] = value
    return Table(cells)


def _lambda(walk: Walk, node: ast.Lambda, env: Env) -> Value:
    return definitions.plain_function(walk, node, env, "<lambda>")


def _comprehension(walk: Walk, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, env: Env) -> Value:
    inner = Env(env.frame, env.module, ({}, *env.scopes) if env.scopes else ({},), env.owner, env.receiver, env.outside)
    found: list[tuple[Value, Value]] = []
    is_open = _generate(walk, node, 0, inner, found)
    if isinstance(node, ast.DictComp):
        return Table({k.value if isinstance(k, Plain) else Table.OTHER if is_open else Hidden(): v for k, v in found})
    made = Sequence.of([v for _, v in found], "set" if isinstance(node, ast.SetComp) else "list", is_open)
    if inner.own.get(MISNAMED) is not None and len(node.generators) == 1:
        made.cells["misnamed"] = inner.own[MISNAMED]
    source = inner.own.get(ITERATED)
    if not found and len(node.generators) == 1 and isinstance(source, Sequence):
        made.cells.update({k: v for k, v in source.cells.items() if k in WHY_EMPTY})
    return made


def _generate(walk: Walk, node: Any, level: int, env: Env, found: list[tuple[Value, Value]]) -> bool:
    """Turns of the `for`s of a comprehension. True when there may be more or fewer than those."""
    if level == len(node.generators):
        key = walk.evaluate(node.key, env) if isinstance(node, ast.DictComp) else NONE
        found.append((key, walk.evaluate(node.value if isinstance(node, ast.DictComp) else node.elt, env)))
        return False
    part = node.generators[level]
    iterated = walk.evaluate(part.iter, env)
    walk.iterated.add(part.iter)
    items, is_open = walk.items(iterated, env.site(part.iter))
    env.own[ITERATED] = iterated
    if level == 0 and isinstance(node, ast.ListComp):
        env.own[MISNAMED] = misnamed.filter_without_match(walk, part, [] if is_open else items, env)
    turns = items[: 2 if is_open else MOST_ITEMS]
    is_open |= len(items) > MOST_ITEMS
    for item in turns:
        assigning.assign(walk, part.target, item, env, part.iter)
        known = [truth(walk.evaluate(test, env)) for test in part.ifs]
        if False in known:
            continue
        is_open |= None in known
        is_open |= _generate(walk, node, level + 1, env, found)
    return is_open


def _walrus(walk: Walk, node: ast.NamedExpr, env: Env) -> Value:
    value = walk.evaluate(node.value, env)
    assigning.assign(walk, node.target, value, env, node.value)
    return value


def _yield(walk: Walk, node: ast.Yield, env: Env) -> Value:
    value = walk.evaluate(node.value, env) if node.value is not None else NONE
    if env.on_yield is not None:
        env.on_yield(value)
    env.yielded.append(value)
    return walk.unknown(env.site(node))


def _yield_from(walk: Walk, node: ast.YieldFrom, env: Env) -> Value:
    env.yielded += walk.items(walk.evaluate(node.value, env), env.site(node))[0]
    return walk.unknown(env.site(node))


def _text(walk: Walk, node: ast.JoinedStr, env: Env) -> Value:
    """An f-string of constants is a constant; other text is data. What stands in it runs either way."""
    parts = [walk.evaluate(p.value, env) if isinstance(p, ast.FormattedValue) else p for p in node.values]
    formatted = any(isinstance(p, ast.FormattedValue) and p.format_spec is not None for p in node.values)
    known = [p.value for p in parts if isinstance(p, (Plain, ast.Constant))]
    if len(known) == len(parts) and not formatted:
        return Plain("".join(map(str, known)))
    return walk.data(env.site(node), form="number", dtype="string")


def _subscript(walk: Walk, node: ast.Subscript, env: Env) -> Value:
    return subscripts.item(walk, walk.evaluate(node.value, env), walk.evaluate(node.slice, env), env.site(node))


def _slice(walk: Walk, node: ast.Slice, env: Env) -> Value:
    parts = [walk.evaluate(p, env) if p is not None else NONE for p in (node.lower, node.upper, node.step)]
    return Sequence.of(parts, "slice")


HANDLERS: dict[type, Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _bool,
    ast.IfExp: _conditional,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.NamedExpr: _walrus,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Await: lambda walk, node, env: walk.evaluate(node.value, env),
    ast.Starred: lambda walk, node, env: walk.evaluate(node.value, env),
    ast.JoinedStr: _text,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
}
