"""`tf.TensorArray`: eagerly `write` changes the array, in a graph it returns another one, and the old one stays as it was."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.lint.flow.graph import Edge, Node, Site
from whygrad.lint.flow.places import stack
from whygrad.lint.flow.values import Object, Value
from whygrad.lint.flow.walk import Arguments, Walk

MADE_BY = "tensorflow.TensorArray"
WRITES = {"write": ("value", 1), "unstack": ("value", 0), "scatter": ("value", 1), "split": ("value", 0)}
READS = ("read", "stack", "concat", "gather")


def make(walk: Walk, args: Arguments, site: Site) -> Value:
    return Object(MADE_BY, site, data={"held": ()})


def method(walk: Walk, array: Object, name: str, args: Arguments, site: Site) -> Value:
    held: tuple[Node, ...] = array.data["held"]
    if name in WRITES:
        value = args.get(*WRITES[name])
        return _written(walk, array, held + tuple(Arguments([value]).nodes() if value is not None else ()), site)
    if name in READS:
        made = walk.op(site, [], f"{MADE_BY}.{name}")
        made.node.edges = tuple(Edge(node) for node in dict.fromkeys(held))
        return made
    return array if name in ("mark_used", "identity") else walk.unknown(site, array, *args.all())


def _written(walk: Walk, array: Object, held: tuple[Node, ...], site: Site) -> Value:
    if not _in_a_graph(site):
        walk.state.write(array.data, "held", held)
        return array
    if _is_thrown_away(site):
        walk.thrown_away.append((site, held[-1:]))
    return Object(MADE_BY, array.site, data={"held": held})


def _in_a_graph(site: Site) -> bool:
    return any(_is_decorated(s.frame.node) for s in stack(site))


def _is_decorated(function: ast.AST | None) -> bool:
    """`@tf.function`, with settings or without."""
    written = [d.func if isinstance(d, ast.Call) else d for d in getattr(function, "decorator_list", ())]
    return any((d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "")) == "function" for d in written)


def _is_thrown_away(site: Site) -> bool:
    """A statement of its own, whose value nobody takes."""
    body = site.frame.node
    return body is not None and any(isinstance(n, ast.Expr) and n.value is site.node for n in ast.walk(body))


HANDLERS = {MADE_BY: make}
