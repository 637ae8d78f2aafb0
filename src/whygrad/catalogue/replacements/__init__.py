"""What to write instead of a function that cuts the path: an Entry or an op comes in, Replacements with code that was run go out.

A replacement is one text file in this folder: a few `key: value` lines, an empty line, code. It exists by being there. `ops`: op types that it
stands in for; `names`: patterns for functions; `x` and `loss`: the values and the expression with which its test asks for a gradient.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

from whygrad.catalogue.entry import CUT, Entry, Status
from whygrad.dataclass import dataclass

__all__ = ["Replacement", "all_replacements", "for_entry", "for_op"]

_SUFFIX = ".txt"


@dataclass(frozen=True, slots=True)
class Replacement:
    """`code` defines what `loss` uses; both expect `tf`. `cost`: what is different from the original."""

    slug: str
    title: str
    ops: tuple[str, ...]
    names: tuple[str, ...]
    cost: str
    x: str
    loss: str
    code: str


@cache
def all_replacements() -> tuple[Replacement, ...]:
    """Every replacement, by slug."""
    here = os.path.dirname(__file__)
    return tuple(_read(os.path.join(here, name)) for name in sorted(os.listdir(here)) if name.endswith(_SUFFIX))


def for_op(op: str) -> tuple[Replacement, ...]:
    """What stands in for an op type such as `Round`."""
    return tuple(r for r in all_replacements() if op in r.ops)


def for_entry(entry: Entry) -> tuple[Replacement, ...]:
    """By the names of the function first, then by the ops at which its gradient stops."""
    found = list(_by_name(entry))
    if not found and _is_cut(entry):
        ops = dict.fromkeys(op for a in entry.float_arguments for op in entry.detail(a.name).stops_at)
        found = [r for op in ops for r in for_op(op)]
    return tuple(dict.fromkeys(found))


def _by_name(entry: Entry) -> Iterator[Replacement]:
    from fnmatch import fnmatchcase

    op = entry.name.removeprefix("tensorflow.raw_ops.")
    for replacement in all_replacements():
        by_pattern = any(fnmatchcase(name, pattern) for pattern in replacement.names for name in entry.names)
        if by_pattern or op in replacement.ops:
            yield replacement


def _is_cut(entry: Entry) -> bool:
    return entry.status in CUT or (entry.status is Status.DEPENDS and any(set(f) & CUT for f in entry.flows.values()))


def _read(file: str) -> Replacement:
    with open(file, encoding="utf-8") as opened:
        head, _, code = opened.read().partition("\n\n")
    fields = {key: value.strip() for key, _, value in (line.partition(":") for line in head.splitlines())}
    ops, names = tuple(fields["ops"].split()), tuple(fields["names"].split())
    return Replacement(os.path.basename(file).removesuffix(_SUFFIX), fields["title"], ops, names, fields["cost"], fields["x"], fields["loss"], code)
