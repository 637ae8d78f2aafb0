"""`tf.where(x > 0, tf.math.log(x), 0)`: the branch not taken is computed all the same, and zero times its infinite slope is NaN."""

from __future__ import annotations

from functools import cache

from whygrad.catalogue.holes import holes
from whygrad.catalogue.replacements import inside_of
from whygrad.lint.flow.arithmetic import COMPARISONS
from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Node, Site, behind
from whygrad.lint.flow.values import nodes
from whygrad.lint.flow.walk import Arguments, Walk
from whygrad.lint.flow.ways import Ways

COMPARING = frozenset(function.rpartition(".")[2] for _, function in COMPARISONS.values())
FAR = 12  # operations between the risky one and the `where`


def note(walk: Walk, args: Arguments, site: Site, made: Node) -> None:
    """Remember a `where` whose condition compares the very tensor that a risky function in one of its branches takes."""
    condition = args.get("condition", 0)
    compared = {e.origin for n in (nodes(condition) if condition is not None else []) for e in n.edges if n.label.rpartition(".")[2] in COMPARING}
    for branch in (args.get("x", 1), args.get("y", 2)):
        for node in nodes(branch) if branch is not None else []:
            risky = _risky(node, compared) if compared else None
            if risky is not None:
                walk.traps.append((made, risky))


def _risky(branch: Node, compared: set[Node]) -> Node | None:
    queue, seen = [(branch, 0)], {branch}
    while queue:
        node, distance = queue.pop(0)
        place = _decides(node.label)
        if place is not None and place < len(node.edges) and node.edges[place].origin in compared:
            return node
        fresh = [e.origin for e in node.edges if e.origin not in seen and e.origin.kind == "op"] if distance < FAR else []
        seen.update(fresh)
        queue += [(n, distance + 1) for n in fresh]
    return None


@cache
def _decides(function: str) -> int | None:
    """The input of a risky function that must be kept in a range."""
    return next((int(hole.key) for hole in holes(inside_of(function) or "") if hole.key.isdigit()), None)


def classify(walk: Walk, ways: Ways) -> Finding | None:
    """The trap that the gradients of this question go through, if there is one."""
    for where, risky in walk.traps:
        if where in ways.reached and risky in ways.reached and where.site is not None and _trains_in(ways, where):
            return Finding(
                "non-finite",
                risky.site,
                {"how": "guarded"},
                [("left out only here", where.site)],
                proven=False,
                severity="warning",
                gradient="non-finite",
            )
    return None


def _trains_in(ways: Ways, where: Node) -> bool:
    """Is something trained in its branches?"""
    before = behind([where], lambda node, edge: edge.cut is None and edge.origin in ways.reached)
    return any(n.kind == "variable" and n.trainable for n in before)
