"""A gradient with NaN or infinity in it: the operation that made the first one, forwards or on the way back."""

from __future__ import annotations

from whygrad.analyse.findings import Finding
from whygrad.analyse.flow_back import FlowBack
from whygrad.analyse.kinds import DIVISIONS, PICKS
from whygrad.analyse.nodes import Node
from whygrad.analyse.path import READS
from whygrad.analyse.ways import Edge
from whygrad.evidence import quote
from whygrad.model import Related
from whygrad.samples import Stats

HUGE = 1e30


def classify(back: FlowBack, index: int, edges: list[Edge]) -> Finding:
    """The cause for source number `index`, whose way to the target is `edges`."""
    forward = _forward(back, edges)
    if forward is not None:
        return forward
    edge = back.born_bad(edges)
    if edge is None:
        where = back.scene.arguments[0] or back.scene.location
        return Finding("non-finite", where, edges, facts={"how": "unknown"}, proven=False)
    node = edge.node
    origin = next((n for k in (*node.inputs, *node.outputs) if back.is_bad(k) and (n := back.first_bad_value(k)) is not None), None)
    if origin is not None:  # a value that the forward pass left out; the way back multiplies it by zero, and that is NaN
        picks = [e.node for e in edges if e.node.kind in PICKS]
        related = [Related(f"{quote(where.text)} leaves it out", where) for n in picks[:1] if (where := back.where(n)) is not None]
        return Finding("non-finite", back.where(origin), edges, related, facts=_reason(back, origin) | {"how": "left out"}, dies=edge)
    end = back.cotangents.get(edge.end)
    if end is not None and end.largest > HUGE:
        return Finding("exploding", back.where(node), edges, facts={"op": node.kind, "how": "overflow"}, proven=False, dies=edge)
    return Finding("non-finite", back.where(node), edges, facts=_reason(back, node) | {"how": "backward"}, dies=edge)


def _forward(back: FlowBack, edges: list[Edge]) -> Finding | None:
    """The target itself is not finite, or a value on the way: the first operation that made it so."""
    bad = next((e for e in reversed(edges) if back.is_bad(e.end)), None)
    if bad is None:
        return None
    targets = {back.scene.trace.key(t) for t in back.scene.call.targets}
    if not any(back.is_bad(t) for t in targets):
        return None  # the loss is finite: the value was left out, masked or divided away
    node = back.first_bad_value(bad.end)
    if node is None or node.kind in READS:
        return Finding("non-finite", back.scene.location, edges, facts={"how": "weights"}, proven=False)
    grown = max((s.largest for k in node.inputs if (s := back.values.get(k)) is not None), default=0.0)
    if grown > HUGE and node.kind not in ("Exp", "Log", *DIVISIONS):
        return Finding("exploding", back.where(node), edges, facts={"op": node.kind, "how": "forward", "largest": f"{grown:.1g}"})
    return Finding("non-finite", back.where(node), edges, facts=_reason(back, node) | {"how": "forward"})


def _reason(back: FlowBack, node: Node) -> dict[str, str]:
    """What is odd about the values that went in."""
    facts = {"op": node.kind}
    out = next((s for o in node.outputs if (s := back.values.get(o)) is not None and s.bad), None)
    if out is not None:
        facts |= {"bad": f"{out.bad:,}", "size": f"{out.size:,}", "first": _index(out)}
    place = -1 if node.kind in DIVISIONS else 0
    stats = back.values.get(node.inputs[place]) if node.inputs else None
    if stats is not None:
        facts |= {"low": f"{stats.low:.3g}", "high": f"{stats.high:.3g}", "input size": f"{stats.size:,}"}
        facts |= {"zeros": f"{stats.zeros:,}"} if stats.zeros > 0 else {}
        facts |= {"negative": "yes"} if stats.low < 0 else {}
        if stats.bad:
            facts |= {"bad": f"{stats.bad:,}", "size": f"{stats.size:,}", "first": _index(stats)}
    return facts


def _index(stats: Stats) -> str:
    """Where the first one is: "row 5" of a table, [5, 0, 2] of anything larger."""
    first = stats.first_bad or ()
    return "" if not first else f"element {first[0]}" if len(first) == 1 else f"[{', '.join(map(str, first))}]"
