"""`graph.gradient_override_map({"Sign": "Mine"})`: what is made inside has the gradient that a registered function of the user's gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from whygrad.lint.flow.custom_gradients import judged
from whygrad.lint.flow.graph import Cut, Edge, Site
from whygrad.lint.flow.values import Function, Object, Partial, Plain, Table, Value
from whygrad.lint.flow.walk import Arguments, Walk

MADE_BY = "whygrad:override"
OF_AN_OP = ("non-differentiable-op", "integer-cast", "gradient-stopped", "index-only", "flat-region", "custom-gradient")


def register(walk: Walk, args: Arguments, site: Site) -> Value:
    """`@tf.RegisterGradient("Mine")`."""
    name = args.get("op_type", 0)

    def decorate(more: Arguments, at: Site) -> Value:
        function = more.positional[0] if more.positional else walk.unknown(at)
        if isinstance(name, Plain) and isinstance(function, Function):
            walk.registered[name.value] = function
        return function

    return Partial(decorate)


def make(args: Arguments, site: Site) -> Object:
    """What `gradient_override_map(...)` gives."""
    return Object(MADE_BY, site, data={"map": args.get("op_type_map", 0)})


def within(walk: Walk, manager: Object, rest: Callable[[Value], None]) -> None:
    names = manager.data["map"]
    known = dict(names.cells) if isinstance(names, Table) else {Table.OTHER: names}

    def overridden(site: Site | None, label: str, edges: Iterable[Edge]) -> Iterable[Edge]:
        return _overridden(walk, known, site, label, tuple(edges))

    walk.overriding.append(overridden)
    rest(Plain(None))
    walk.overriding.remove(overridden)


def _overridden(walk: Walk, known: dict[object, Value], site: Site | None, label: str, edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
    """The edges of one operation, with the cuts that its own gradient would make taken away and those of the user's function put in."""
    if Table.OTHER in known:  # it may be this operation's
        return tuple(Edge(e.origin) if e.cut is not None and e.cut.cause in OF_AN_OP else e for e in edges)
    found = next((op for op in known if any(_is(op, label, e.cut) for e in edges)), None)
    if found is None:
        return edges
    name = known[found]
    function = walk.registered.get(name.value) if isinstance(name, Plain) else None
    cuts: list[Cut | None] = [None] * len(edges)
    if isinstance(function, Function) and site is not None:
        around, walk.overriding = walk.overriding, []  # the function itself runs outside
        cuts = judged(walk, str(found), function, len(edges), site)
        walk.overriding = around
    return tuple(Edge(e.origin, cut) for e, cut in zip(edges, cuts))


def _is(op: object, label: str, cut: Cut | None) -> bool:
    """Is it the operation `op` ("Sign"), by the function that was called (`tensorflow.sign`) or by what is known of its gradient?"""
    written = label.rpartition(".")[2].replace("_", "").lower()
    return written == str(op).lower() or (cut is not None and cut.facts.get("op") == op)
