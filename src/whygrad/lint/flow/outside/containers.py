"""Methods of Python's lists, dicts, strings and numbers."""

from __future__ import annotations

from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.outside import records
from whygrad.lint.flow.values import NONE, Plain, Sequence, Table, Value, is_known
from whygrad.lint.flow.walk import Arguments, Walk


def method(walk: Walk, receiver: Value, name: str, args: Arguments, site: Site) -> Value:
    if isinstance(receiver, Sequence):
        return _of_sequence(walk, receiver, name, args, site)
    if isinstance(receiver, Table):
        return _of_table(walk, receiver, name, args, site)
    if isinstance(receiver, Plain):
        return _of_plain(walk, receiver, name, args, site)
    return walk.unknown(site, receiver, *args.all())


def _of_sequence(walk: Walk, receiver: Sequence, name: str, args: Arguments, site: Site) -> Value:
    if name in ("append", "add", "appendleft"):
        walk.state.write(receiver.cells, "items", (*receiver.items, *args.positional[:1]))
        return NONE
    if name in ("extend", "update"):
        items, is_open = walk.items(args.get("iterable", 0) or walk.unknown(site), site)
        walk.state.write(receiver.cells, "items", (*receiver.items, *items))
        walk.state.write(receiver.cells, "open", receiver.is_open or is_open)
        return NONE
    if name == "insert":
        walk.state.write(receiver.cells, "items", (*args.positional[1:2], *receiver.items))
        return NONE
    if name in ("pop", "popleft"):
        return _popped(walk, receiver, name, args, site)
    if name == "clear":
        walk.state.write(receiver.cells, "items", ())
        return NONE
    if name == "copy":
        return Sequence.of(receiver.items, receiver.kind, receiver.is_open)
    if name in ("reverse", "sort"):
        walk.state.write(receiver.cells, "open", True)
        return NONE
    return records.method(receiver, name, args) or walk.unknown(site, receiver, *args.all())


def _popped(walk: Walk, receiver: Sequence, name: str, args: Arguments, site: Site) -> Value:
    items = receiver.items
    if not items:
        return walk.unknown(site)
    if receiver.is_open or args.positional:
        joined: Value = walk.state.join(items)
        return joined
    walk.state.write(receiver.cells, "items", items[1:] if name == "popleft" else items[:-1])
    return items[0] if name == "popleft" else items[-1]


def _of_table(walk: Walk, receiver: Table, name: str, args: Arguments, site: Site) -> Value:
    known = Table.OTHER not in receiver.cells
    if name == "items":
        pairs = [Sequence.of([Plain(k) if is_known(k) else walk.unknown(site), v]) for k, v in receiver.cells.items()]
        return Sequence.of(pairs, "list", not known)
    if name == "values":
        return Sequence.of(list(receiver.cells.values()), "list", not known)
    if name == "keys":
        return Sequence.of([Plain(k) if is_known(k) else walk.unknown(site) for k in receiver.cells], "list", not known)
    if name in ("get", "pop", "setdefault"):
        return _got(walk, receiver, args, site)
    if name == "update":
        for value in args.positional:
            for key, item in (value.cells if isinstance(value, Table) else {Table.OTHER: value}).items():
                walk.state.write(receiver.cells, key, item)
        for key, item in args.keywords.items():
            walk.state.write(receiver.cells, key, item)
        return NONE
    return Table(dict(receiver.cells)) if name == "copy" else walk.unknown(site, receiver, *args.all())


def _got(walk: Walk, receiver: Table, args: Arguments, site: Site) -> Value:
    key = args.get("key", 0)
    if isinstance(key, Plain) and key.value in receiver.cells:
        found: Value = receiver.cells[key.value]
        return found
    default = args.get("default", 1) or NONE
    if isinstance(key, Plain) and receiver.has_known_keys:
        return default
    joined: Value = walk.state.join([*receiver.cells.values(), default])
    return joined


def _of_plain(walk: Walk, receiver: Plain, name: str, args: Arguments, site: Site) -> Value:
    """Of text only what does no harm is computed."""
    words = [a.value for a in args.positional if isinstance(a, Plain)]
    if isinstance(receiver.value, str) and name in ("lower", "upper", "strip", "startswith", "endswith") and len(words) == len(args.positional):
        try:
            return Plain(getattr(receiver.value, name)(*words))
        except TypeError:
            return walk.unknown(site)
    return walk.data(site, form="number", dtype="string" if isinstance(receiver.value, str) else "")
