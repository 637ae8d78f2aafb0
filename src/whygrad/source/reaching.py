"""The definitions of a name and the place of a read in; those definitions out that the read can see. Order counts inside one function."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from whygrad.source.scopes import Block, Comprehension, Definition, Position, Scope


def owner(scope: Scope, name: str) -> tuple[Scope | None, bool]:
    """The scope that defines `name` as seen from `scope`, and whether it is read in the same run of the same function."""
    direct, current, first = True, scope, True
    while True:
        declared = current.outer.get(name)
        if name in current.definitions and declared is None and (first or not isinstance(current.node, ast.ClassDef)):
            return current, direct
        if declared == "global":
            return _module(current), False
        if current.parent is None:
            return None, False
        direct = direct and isinstance(current.node, Comprehension)
        current, first = current.parent, False


def _module(scope: Scope) -> Scope:
    while scope.parent is not None:
        scope = scope.parent
    return scope


def reaching(definitions: Sequence[Definition], read: Position, blocks: Sequence[Block]) -> list[Definition]:
    """The definitions that can hold at `read`: the last one that surely ran, all that stand between, and what a loop carries back."""
    local = [d for d in definitions if not d.foreign]
    before = sorted((d for d in local if d.at.order < read.order), key=lambda d: d.at.order)
    killer = next((d for d in reversed(before) if d.kind != "mutation" and _surely_ran(d.at, read)), None)
    live = [d for d in before if (killer is None or d.at.order >= killer.at.order) and not _exclusive(d.at, read, blocks)]
    carried = [d for d in local if d not in live and _carried(d.at, read, None if killer is None else killer.at, blocks)]
    return [*live, *carried, *(d for d in definitions if d.foreign)]


def _surely_ran(definition: Position, read: Position) -> bool:
    """Its block is one of those around the read, and it stands before the read there."""
    if not definition.trail:
        return True
    *outside, (block, index) = definition.trail
    depth = len(outside)
    if len(read.trail) <= depth or read.trail[:depth] != tuple(outside):
        return False
    read_block, read_index = read.trail[depth]
    return read_block == block and (index < read_index or (index == read_index == 0) or (definition.order < read.order and index <= read_index))


def _exclusive(definition: Position, read: Position, blocks: Sequence[Block]) -> bool:
    """The two stand in different branches of one `if`."""
    for (one, _), (other, _) in zip(definition.trail, read.trail, strict=False):
        if one != other:
            owners = blocks[one].owner, blocks[other].owner
            return owners[0] is owners[1] and isinstance(owners[0], ast.If)
    return False


def _carried(definition: Position, read: Position, killer: Position | None, blocks: Sequence[Block]) -> bool:
    """A loop around both runs again, and nothing inside it surely set the name anew before the read."""
    loops = {block for block, _ in read.trail if blocks[block].loop} & {block for block, _ in definition.trail}
    killed = set() if killer is None else {block for block, _ in killer.trail}
    return bool(loops - killed)


def may_follow(definition: Position, place: Position, blocks: Sequence[Block]) -> bool:
    """Whether the definition can run after the place: it stands later, or a loop around both runs again."""
    if definition.order > place.order:
        return not _exclusive(definition, place, blocks)
    return _carried(definition, place, None, blocks)
