"""Builtins and the standard library: what takes a tensor's value out of TensorFlow, what only passes values on."""

from __future__ import annotations

from collections.abc import Callable

from whygrad import syntax as ast
from whygrad.lint.flow.arithmetic import elementwise
from whygrad.lint.flow.graph import Cut, Site
from whygrad.lint.flow.outside.variables import note_replaced
from whygrad.lint.flow.values import (
    NONE,
    Bound,
    Class,
    Exhaustible,
    Function,
    Hidden,
    Library,
    Object,
    Partial,
    Plain,
    Sequence,
    Table,
    Tensor,
    Unknown,
    Value,
)
from whygrad.lint.flow.walk import Arguments, Walk

NUMBERS = ("float", "int", "bool", "complex")
MOST_RANGE = 4
Handler = Callable[[Walk, Arguments, Site], Value]


def _number(name: str) -> Handler:
    def convert(walk: Walk, args: Arguments, site: Site) -> Value:
        value = args.get("x", 0)
        if isinstance(value, Plain):
            try:
                return Plain({"float": float, "int": int, "bool": bool, "complex": complex}[name](value.value))
            except (TypeError, ValueError, OverflowError):
                return walk.data(site, form="number")
        dtype = {"float": "float", "int": "integer", "bool": "bool"}.get(name, "")
        return walk.join(site, args.all(), "number", dtype, Cut("left-tensorflow", {"call": name}, site))

    return convert


def _range(walk: Walk, args: Arguments, site: Site) -> Value:
    known = [a.value for a in args.positional if isinstance(a, Plain) and isinstance(a.value, int)]
    if len(known) == len(args.positional) and 1 <= len(known) <= 3 and 0 not in known[2:]:
        numbers = range(*known)
        if len(numbers) <= MOST_RANGE:
            return Sequence.of([Plain(i) for i in numbers], "list")
    return Sequence.of([walk.data(site, "index", "number", "integer")], "list", True)


def _zip(walk: Walk, args: Arguments, site: Site) -> Value:
    found = [walk.items(v, site) for v in args.positional]
    if not found:
        return Exhaustible(Sequence.of([], "list"), "zip")
    open_ones = [is_open for _, is_open in found]
    known = [len(items) for items, is_open in found if not is_open]
    length = min(known) if known else max(len(items) for items, _ in found)
    columns = [[items[min(i, len(items) - 1)] if items else walk.unknown(site) for i in range(length)] for items, _ in found]
    return Exhaustible(Sequence.of([Sequence.of(row) for row in zip(*columns)], "list", all(open_ones)), "zip")


def _enumerate(walk: Walk, args: Arguments, site: Site) -> Value:
    items, is_open = walk.items(args.get("iterable", 0) or walk.unknown(site), site)
    start = args.get("start", 1)
    first = start.value if isinstance(start, Plain) and isinstance(start.value, int) else 0
    is_known = not is_open and (start is None or isinstance(start, Plain))
    numbers = [Plain(first + i) if is_known else walk.data(site, "index", "number", "integer") for i in range(len(items))]
    return Sequence.of([Sequence.of([n, item]) for n, item in zip(numbers, items)], "list", is_open)


def _collect(kind: str) -> Handler:
    def collect(walk: Walk, args: Arguments, site: Site) -> Value:
        if not args.positional:
            return Sequence.of([], kind)
        if isinstance(args.positional[0], Unknown):
            return args.positional[0]
        items, is_open = walk.items(args.positional[0], site)
        made = Sequence.of(items, kind, is_open)
        source = args.positional[0]
        if isinstance(source, Sequence):
            made.cells.update({k: v for k, v in source.cells.items() if k not in ("items", "open")})  # names of variables
        return made

    return collect


def _reversed(walk: Walk, args: Arguments, site: Site) -> Value:
    items, is_open = walk.items(args.positional[0], site) if args.positional else ([], False)
    return Sequence.of(items[::-1], "list", is_open)


def _map(walk: Walk, args: Arguments, site: Site) -> Value:
    if not args.positional:
        return walk.unknown(site)
    columns = [walk.items(v, site) for v in args.positional[1:]]
    rows = list(zip(*(items for items, _ in columns)))
    made = [walk.call(args.positional[0], Arguments(list(row)), site) for row in rows]
    return Exhaustible(Sequence.of(made, "list", any(o for _, o in columns)), "map")


def _filter(walk: Walk, args: Arguments, site: Site) -> Value:
    items, _ = walk.items(args.positional[1], site) if len(args.positional) > 1 else ([], True)
    return Exhaustible(Sequence.of(items, "list", True), "filter")


def _sum(walk: Walk, args: Arguments, site: Site) -> Value:
    """`sum(losses)` adds them up with `+`."""
    items, is_open = walk.items(args.positional[0], site) if args.positional else ([], True)
    if not items and not is_open:
        return Plain(0)
    return elementwise(walk, "tensorflow.add", items or [walk.data(site)], site)


def _same(walk: Walk, args: Arguments, site: Site) -> Value:
    return elementwise(walk, "tensorflow.maximum", args.all(), site)


def _first(walk: Walk, args: Arguments, site: Site) -> Value:
    items, _ = walk.items(args.positional[0], site) if args.positional else ([], True)
    joined: Value = walk.state.join(items) if items else walk.unknown(site)
    return joined


def _iter(walk: Walk, args: Arguments, site: Site) -> Value:
    """An iterator gives its items once. One over a dataset is asked again and again with `next`."""
    value = args.positional[0] if args.positional else walk.unknown(site)
    if isinstance(value, Exhaustible) or (isinstance(value, Object) and "element" in value.data):
        return value
    items, is_open = walk.items(value, site)
    return Exhaustible(Sequence.of(items, "list", is_open), "iter")


def _len(walk: Walk, args: Arguments, site: Site) -> Value:
    value = args.positional[0] if args.positional else None
    if isinstance(value, Sequence) and not value.is_open:
        return Plain(len(value.items))
    if isinstance(value, Plain) and isinstance(value.value, str):
        return Plain(len(value.value))
    return walk.data(site, "len", "number", "integer")


def _isinstance(walk: Walk, args: Arguments, site: Site) -> Value:
    return walk.data(site, form="number", dtype="bool")


def _callable(walk: Walk, args: Arguments, site: Site) -> Value:
    value = args.positional[0] if args.positional else None
    if isinstance(value, (Function, Class, Bound, Partial, Library)):
        return Plain(True)
    if isinstance(value, Object) and value.cls is not None and value.made_by == "builtins.object" and not value.cls.has_unknown_base:
        return Plain(value.cls.find("__call__") is not None)
    return Plain(False) if isinstance(value, (Plain, Sequence, Table, Tensor)) else walk.data(site, form="number", dtype="bool")


def _astuple(walk: Walk, args: Arguments, site: Site) -> Value:
    """`dataclasses.astuple`: the fields in their order."""
    value = args.positional[0] if args.positional else None
    if isinstance(value, Object) and value.cls is not None:
        return Sequence.of([v for v in value.cells.values() if isinstance(v, Value)])
    return walk.unknown(site, *args.all())


def _asdict(walk: Walk, args: Arguments, site: Site) -> Value:
    value = args.positional[0] if args.positional else None
    return Table(dict(value.cells)) if isinstance(value, Object) and value.cls is not None else walk.unknown(site, *args.all())


def _fields(walk: Walk, args: Arguments, site: Site) -> Value:
    """`dataclasses.fields`: their names are what is read of them."""
    value = args.positional[0] if args.positional else None
    cls = value.cls if isinstance(value, Object) else value
    if not isinstance(cls, Class):
        return walk.unknown(site, *args.all())
    names = [s.target.id for s in cls.node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
    return Sequence.of([Object("dataclasses.Field", site, cells={"name": Plain(name)}) for name in names])


def _getattr(walk: Walk, args: Arguments, site: Site) -> Value:
    name = args.get("name", 1)
    if isinstance(name, Plain) and isinstance(name.value, str) and args.positional:
        return walk.attribute(args.positional[0], name.value, site)
    return walk.unknown(site, *args.all())


def _setattr(walk: Walk, args: Arguments, site: Site) -> Value:
    """`setattr(layer, "kernel", tensor)`."""
    receiver, name, value = (*args.positional, None, None, None)[:3]
    if isinstance(receiver, Object) and isinstance(name, Plain) and value is not None:
        before = walk.attribute(receiver, str(name.value), site)
        note_replaced(walk, receiver, str(name.value), before, value, site)
        walk.state.write(receiver.cells, name.value, value)
    elif isinstance(receiver, Object) and value is not None:
        walk.state.write(receiver.cells, site, value)  # under a name that only a run knows
    return NONE


def _dict(walk: Walk, args: Arguments, site: Site) -> Value:
    cells = dict(args.keywords)
    for value in args.positional:
        if isinstance(value, Table):
            cells = {**value.cells, **cells}
            continue
        items, is_open = walk.items(value, site)
        for pair in items:
            key, item = pair.items if isinstance(pair, Sequence) and len(pair.items) == 2 else (pair, pair)
            cells[key.value if isinstance(key, Plain) else Table.OTHER if is_open else Hidden()] = item  # type: ignore[index]
    return Table(dict(cells))


def _partial(walk: Walk, args: Arguments, site: Site) -> Value:
    if not args.positional:
        return walk.unknown(site)
    function, *first = args.positional
    keywords, spread = args.keywords, args.spread
    return Partial(
        lambda more, at: walk.call(function, Arguments([*first, *more.positional], {**keywords, **more.keywords}, [*spread, *more.spread]), at)
    )


def _reduce(walk: Walk, args: Arguments, site: Site) -> Value:
    if len(args.positional) < 2:
        return walk.unknown(site)
    items, _ = walk.items(args.positional[1], site)
    total = args.positional[2] if len(args.positional) > 2 else items.pop(0) if items else walk.unknown(site)
    for item in items:
        total = walk.call(args.positional[0], Arguments([total, item]), site)
    return total


def _silent(walk: Walk, args: Arguments, site: Site) -> Value:
    return NONE


def _str(walk: Walk, args: Arguments, site: Site) -> Value:
    """`"W" + str(layer)` is the name of a parameter."""
    value = args.get("object", 0)
    return Plain(str(value.value)) if isinstance(value, Plain) and isinstance(value.value, (int, str)) else _text(walk, args, site)


def _text(walk: Walk, args: Arguments, site: Site) -> Value:
    return walk.data(site, form="number", dtype="string")


HANDLERS: dict[str, Handler] = {
    **{f"builtins.{n}": _number(n) for n in NUMBERS},
    **{f"builtins.{n}": _collect(n) for n in ("list", "tuple", "set")},
    "builtins.frozenset": _collect("set"),
    "builtins.sorted": _collect("list"),
    "builtins.range": _range,
    "builtins.zip": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.reversed": _reversed,
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.sum": _sum,
    "builtins.max": _same,
    "builtins.min": _same,
    "builtins.abs": lambda walk, args, site: elementwise(walk, "tensorflow.abs", args.all(), site),
    "builtins.round": lambda walk, args, site: elementwise(walk, "tensorflow.round", args.positional[:1], site),
    "builtins.pow": lambda walk, args, site: elementwise(walk, "tensorflow.pow", args.positional, site),
    "builtins.next": _first,
    "builtins.iter": _iter,
    "builtins.len": _len,
    "builtins.isinstance": _isinstance,
    "builtins.hasattr": _isinstance,
    "builtins.callable": _callable,
    "dataclasses.astuple": _astuple,
    "dataclasses.asdict": _asdict,
    "dataclasses.fields": _fields,
    "builtins.any": _isinstance,
    "builtins.all": _isinstance,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "collections.defaultdict": lambda walk, args, site: Table({}),
    "collections.deque": _collect("list"),
    "builtins.print": _silent,
    "builtins.str": _str,
    "builtins.repr": _text,
    "builtins.format": _text,
    "builtins.input": _text,
    "builtins.id": _text,
    "builtins.object": lambda walk, args, site: Object("builtins.object", site),
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "tqdm.tqdm": lambda walk, args, site: args.positional[0] if args.positional else walk.unknown(site),
    "tqdm.auto.tqdm": lambda walk, args, site: args.positional[0] if args.positional else walk.unknown(site),
    "tqdm.trange": _range,
    "itertools.chain": lambda walk, args, site: Sequence.of([i for v in args.positional for i in walk.items(v, site)[0]], "list", True),
    "copy.copy": lambda walk, args, site: args.positional[0] if args.positional else walk.unknown(site),
    "argparse.ArgumentParser": lambda walk, args, site: walk.data(site, form="number"),
}
