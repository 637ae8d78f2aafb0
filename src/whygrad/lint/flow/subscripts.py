"""`value[index]`, and what a loop over a value gives."""

from __future__ import annotations

from whygrad.lint.flow.graph import Cut, Edge, Site
from whygrad.lint.flow.outside import records
from whygrad.lint.flow.truth import without_none
from whygrad.lint.flow.values import Either, Exhaustible, Library, Object, Plain, Sequence, Table, Tensor, Value, is_known, nodes, options
from whygrad.lint.flow.walk import Arguments, Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_STRING = 16


def item(walk: Walk, value: Value, index: Value, site: Site) -> Value:
    """`value[index]`."""
    found = [_item(walk, one, index, site) for one in options(without_none(value))]
    joined: Value = walk.state.join(found)
    return joined


def _item(walk: Walk, value: Value, index: Value, site: Site) -> Value:
    named = records.fields_of(value)
    if named is not None:
        return _of_sequence(walk, Sequence.of(named), index, site)
    if isinstance(value, Sequence):
        return _of_sequence(walk, value, index, site)
    if isinstance(value, Table):
        return _of_table(walk, value, index, site)
    if isinstance(value, Tensor):
        return _of_tensor(walk, value, index, site)
    if isinstance(value, Object) and value.cls is not None and value.cls.find("__getitem__"):
        return walk.call(walk.attribute(value, "__getitem__", site), Arguments([index]), site)
    if isinstance(value, Library):
        return value  # list[int], Callable[..., Any]
    if isinstance(value, Plain) and isinstance(value.value, (str, bytes)):
        return walk.data(site, form="number", dtype="string")
    return walk.unknown(site, value, index)


def _of_sequence(walk: Walk, value: Sequence, index: Value, site: Site) -> Value:
    items = value.items
    if isinstance(index, Sequence) and index.kind == "slice":
        bounds: list[Any] = [p.value if isinstance(p, Plain) else ... for p in index.items]
        known = not value.is_open and all(b is None or isinstance(b, int) for b in bounds)
        return Sequence.of(items[slice(*bounds)] if known else items, value.kind, not known)
    if isinstance(index, Plain) and isinstance(index.value, int) and not value.is_open and -len(items) <= index.value < len(items):
        return items[index.value]
    joined: Value = walk.state.join(items) if items else walk.unknown(site)
    return joined


def _of_table(walk: Walk, value: Table, index: Value, site: Site) -> Value:
    if isinstance(index, Plain) and index.value in value.cells:
        found: Value = value.cells[index.value]
        return found
    if isinstance(index, Plain) and value.has_known_keys:
        return walk.unknown(site)
    joined: Value = walk.state.join(value.cells.values()) if value.cells else walk.unknown(site)
    return joined


def _of_tensor(walk: Walk, value: Tensor, index: Value, site: Site) -> Value:
    """The entries that are picked carry gradients, what picks does not."""
    if value.form in ("array", "number"):
        return walk.join(site, [value], value.form, value.node.dtype)
    made = walk.op(site, [value], "tensorflow.strided_slice", value.node.dtype)
    by = Cut("index-only", {"op": "StridedSlice"}, site)
    made.node.edges += tuple(Edge(n, by) for n in nodes(index))
    return made


def items(walk: Walk, value: Value, site: Site) -> tuple[list[Value], bool]:
    """What a loop over `value` gives, and whether there may be more or fewer."""
    if isinstance(value, Sequence):
        return list(value.items), value.is_open
    if isinstance(value, Exhaustible):
        used = "used" in value.cells
        walk.state.write(value.cells, "used", site)
        return ([] if used else list(value.content.items)), value.content.is_open and not used
    if isinstance(value, Table):
        known = Table.OTHER not in value.cells
        return [Plain(k) if is_known(k) else walk.unknown(site) for k in value.cells], not known
    if isinstance(value, Plain) and isinstance(value.value, str):
        return [Plain(c) for c in value.value[:MOST_STRING]], len(value.value) > MOST_STRING
    return _items_of_other(walk, value, site)


def _items_of_other(walk: Walk, value: Value, site: Site) -> tuple[list[Value], bool]:
    named = records.fields_of(value)
    if named is not None:
        return named, False
    if isinstance(value, Tensor):
        return [_of_tensor(walk, value, Plain(0), site)], True
    if isinstance(value, Object) and "element" in value.data:
        element: Any = value.data["element"]
        return [element], True
    if isinstance(value, Object) and value.cls is not None and value.cls.find("__iter__"):
        given = walk.call(walk.attribute(value, "__iter__", site), Arguments(), site)
        return items(walk, given, site) if given is not value else ([walk.unknown(site, value)], True)
    if isinstance(value, Either):
        found = [items(walk, option, site) for option in value.options]
        longest = max(found, key=lambda f: len(f[0]))
        return longest[0], True
    return [walk.unknown(site, value)], True
