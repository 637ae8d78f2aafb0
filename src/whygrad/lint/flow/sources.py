"""The sources of a gradient call, one by one: what they are, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.dataclass import dataclass
from whygrad.lint.flow.values import Plain, Sequence, Table, Tensor, Unknown, Value
from whygrad.lint.flow.walk import Question


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """`value`: a Tensor (variable, tensor, array, number), a Plain number or None; anything else is not judged."""

    name: str
    value: Value


def listed(question: Question) -> list[Source]:
    """All sources of a call with their names; those that are not known are left out."""
    if question.sources is None:
        return []
    names = question.facts.get("names")
    found = list(_flat(question.sources, question.sources_node))
    if names is not None and len(names) == len(found):
        found = [Source(name, s.value) for name, s in zip(names, found)]
    return found


def is_open(question: Question) -> bool:
    """May there be sources that are not in the list?"""
    value = question.sources
    if isinstance(value, Sequence):
        return value.is_open or any(not isinstance(v, (Tensor, Plain, Sequence)) for v in value.items)
    return not isinstance(value, (Tensor, Plain, Table))


def _flat(value: Value, node: ast.expr | None) -> Iterator[Source]:
    if isinstance(value, Sequence):
        elements = node.elts if isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) == len(value.items) else [None] * len(value.items)
        names = value.cells.get("names", ())
        taken = value.cells.get("taken")
        read = taken.node if taken is not None else None
        is_kept = isinstance(node, ast.Attribute) and isinstance(read, ast.Attribute) and node.attr != read.attr  # under another name
        base = _base(read if is_kept else node)
        for i, (item, element) in enumerate(zip(value.items, elements)):
            if i < len(names) and base:
                yield Source(f"{base}{names[i]}", item)
            elif element is None and isinstance(item, Tensor):
                yield Source(item.node.name or f"{_text(node) or 'source'}[{i}]", item)
            else:
                yield from _flat(item, element)
    elif isinstance(value, Table):
        written = {k.value: v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant)} if isinstance(node, ast.Dict) else {}
        for key, item in value.cells.items():
            if key in written:
                yield Source(_title(item, written[key]), item)
            else:
                yield Source(f"{_text(node) or 'source'}[{key!r}]" if isinstance(key, str) else _title(item, None), item)
    else:
        yield Source(_title(value, node), value)


def _base(node: ast.expr | None) -> str:
    """`model.trainable_variables` -> `model`."""
    if isinstance(node, ast.Attribute):
        return ast.unparse(node.value)
    return ""


def _title(value: Value, node: ast.expr | None) -> str:
    written = _text(node)
    own = value.node.name if isinstance(value, (Tensor, Unknown)) else ""
    return written if written and len(written) < 40 else own or written or "a source"


def _text(node: ast.expr | None) -> str:
    return ast.unparse(node) if node is not None else ""
