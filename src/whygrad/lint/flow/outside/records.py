"""Named tuples and namespaces: values that are kept under names."""

from __future__ import annotations

from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.values import Object, Partial, Plain, Sequence, Table, Value
from whygrad.lint.flow.walk import Arguments, Walk


def namedtuple(walk: Walk, args: Arguments, site: Site) -> Value:
    """`collections.namedtuple("Batch", "x y")`: what makes the tuples."""
    names = _names(args.get("field_names", 1))
    return Partial(lambda given, at: _made(walk, names, given, at)) if names else walk.unknown(site)


def _names(fields: Value | None) -> list[str]:
    """Empty where they are not all known."""
    if isinstance(fields, Plain) and isinstance(fields.value, str):
        return fields.value.replace(",", " ").split()
    if isinstance(fields, Sequence) and not fields.is_open:
        names = [item.value for item in fields.items if isinstance(item, Plain) and isinstance(item.value, str)]
        return names if len(names) == len(fields.items) else []
    return []


def _made(walk: Walk, names: list[str], given: Arguments, site: Site) -> Value:
    values = [given.get(name, place) or walk.unknown(site, *given.spread) for place, name in enumerate(names)]
    return _tuple(names, values)


def _tuple(names: list[str], values: list[Value]) -> Sequence:
    made = Sequence.of(values)
    made.cells["fields"] = names
    return made


def method(receiver: Sequence, name: str, args: Arguments) -> Value | None:
    """None where it is none of a named tuple's own."""
    names: list[str] = receiver.cells.get("fields", [])
    if name == "_replace" and names:
        return _tuple(names, [args.keywords.get(field, value) for field, value in zip(names, receiver.items)])
    return Table(dict(zip(names, receiver.items))) if name == "_asdict" and names else None


def fields_of(value: Value) -> list[Value] | None:
    """The values of an instance of a `typing.NamedTuple`, in their order; None for anything else."""
    if not isinstance(value, Object) or value.made_by != "typing.NamedTuple":
        return None
    return [v for v in value.cells.values() if isinstance(v, Value)]


HANDLERS = {
    "collections.namedtuple": namedtuple,
    "types.SimpleNamespace": lambda walk, args, site: Object("types.SimpleNamespace", site, None, dict(args.keywords)),
}
