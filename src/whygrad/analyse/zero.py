"""A gradient that is there and is zero: the operation at which it dies, and the reason, read from the values that were measured."""

from __future__ import annotations

import ast
import textwrap

from whygrad import recording as rec
from whygrad.analyse import connected, factors
from whygrad.analyse.factors import facts_of, used_here
from whygrad.analyse.findings import Finding
from whygrad.analyse.flow_back import FlowBack
from whygrad.analyse.kinds import AT_ZERO, EXTREMES, LOSSES, PICKS, PRODUCTS, SATURATED, SLOPES
from whygrad.analyse.nodes import Node
from whygrad.analyse.ways import Edge
from whygrad.model import Location, Related
from whygrad.samples import Stats

CANCELS = 1e3  # what arrives by each way is so many times larger than the sum
FADED = 1e-30  # gradient that is about to underflow


def classify(back: FlowBack, index: int, edges: list[Edge]) -> Finding:
    """The cause for source number `index`, whose way to the target is `edges`."""
    if any(e.broken for e in edges):  # a loop or a branch of a graph hands zeros back where eagerly there is None
        return connected.classify(back.scene, index, edges)
    routes = [r for r in back.routes(back.scene.trace.key(back.scene.call.sources[index].tensor)) if not any(e.broken for e in r)] or [edges]
    total = back.sample.gradients[index]
    left = CANCELS * total.norm if total is not None else 0.0
    alive = [r for r in routes if (s := back.cotangents.get(r[0].end)) is not None and s.norm > left]
    if len(alive) > 1:
        return _cancelled(back, alive)
    findings = [_along(back, route) for route in routes if route not in alive]
    return min(findings, key=_order) if findings else _along(back, edges)


def _order(finding: Finding) -> tuple[bool, bool]:
    """A penalty on the weights is at its minimum when they are zero; that is not why they stay there."""
    return finding.facts.get("how") == "bottom", not finding.proven


def _along(back: FlowBack, edges: list[Edge]) -> Finding:
    region = back.dies_at(edges)
    if not region:
        return _faded(back, edges)
    edge = region[0] if len(region) == 1 else _likeliest(region)
    finding = _at(back, edge)
    finding.edges, finding.dies = edges, edge
    finding.proven &= len(region) == 1
    return finding


def _faded(back: FlowBack, edges: list[Edge]) -> Finding:
    """No single operation is to blame: the way back, step by step, and the step at which most was lost."""

    def left(edge: Edge) -> float:
        start, end = back.cotangents.get(edge.start), back.cotangents.get(edge.end)
        return start.largest / end.largest if start is not None and end is not None and end.largest > 0 else 1.0

    edge = min(edges, key=left)
    facts = {"how": "faded", "op": edge.node.kind, "steps back": str(len(edges))}
    return Finding("vanishing", back.where(edge.node), edges, facts=facts, proven=False, dies=edge)


def _likeliest(region: list[Edge]) -> Edge:
    """Nothing is known of the tensors between: the operation that can be flat; otherwise the last."""
    return next((e for e in reversed(region) if e.node.kind in SATURATED | EXTREMES | {"Sign", rec.CUSTOM}), region[-1])


def _at(back: FlowBack, edge: Edge) -> Finding:
    node, kind = edge.node, edge.node.kind
    end = back.cotangents.get(edge.end)
    if end is not None and 0 < end.largest < FADED:
        return Finding("vanishing", back.where(node), facts={"how": "underflow", "op": kind})
    if kind == rec.CUSTOM:
        return _custom(back, node)
    if kind == "Sign":
        return Finding("non-differentiable-op", back.where(node), facts={"op": kind, "zero": "yes"})
    if kind in PRODUCTS:
        return factors.product(back, edge)
    for kinds, make in ((EXTREMES, _extreme), (PICKS, _pick), (AT_ZERO, _bottom), (SATURATED, _saturated), (LOSSES, _solved), (SLOPES, _straight)):
        if kind in kinds:
            return make(back, edge)
    if kind == "Cast":
        return Finding("zero-factor", back.where(node), facts=facts_of(back, edge) | {"how": "underflow"})
    alive = [r for r in back.routes(edge.start) if back.is_alive(r[0].end)]
    if len(alive) > 1:
        return _cancelled(back, alive)
    return Finding("flat-region", back.where(node), facts=facts_of(back, edge) | {"how": "other"}, proven=False)


def _saturated(back: FlowBack, edge: Edge) -> Finding:
    facts = facts_of(back, edge)
    output = back.values.get(edge.node.outputs[0])
    low, high = _range(back.values.get(edge.start))
    if edge.node.kind == "Relu" and low == high == 0:
        origin = back.zeros_from(edge.start)
        facts["how"] = "negative"
        if origin is not None:
            used = back.where(edge.node)
            related = [Related("its slope is zero where its inputs are: the relu", used)] if used is not None else []
            return Finding("flat-region", back.where(origin), related=related, facts=facts | {"how": "zeros", "layer": back.layer_of(origin)})
    elif edge.node.kind in ("Relu", "Relu6"):
        facts["how"] = "negative" if high <= 0 else "above" if edge.node.kind == "Relu6" and low >= 6 else "selected"
    else:
        facts["how"] = "one" if edge.node.kind in ("Softmax", "LogSoftmax") and _is_constant(output) else "saturated"
    return Finding("flat-region", back.where(edge.node), related=used_here(back, edge.node), facts=facts)


def _is_constant(output: Stats | None) -> bool:
    """A softmax over one class gives 1 (its logarithm 0) everywhere."""
    return output is not None and output.low == output.high and output.low in (0.0, 1.0)


def _range(stats: Stats | None) -> tuple[float, float]:
    return (stats.low, stats.high) if stats is not None else (0.0, 0.0)


def _extreme(back: FlowBack, edge: Edge) -> Finding:
    """`maximum`, `minimum` and what is made of them: the other argument wins everywhere."""
    facts = facts_of(back, edge)
    mine = back.values.get(edge.start)
    others = [back.values.get(k) for k in edge.node.inputs if k != edge.start]
    bound = others[0] if others else None
    if bound is not None:
        facts["bound"] = f"{bound.low:.3g}" if bound.low == bound.high else f"{bound.low:.3g} to {bound.high:.3g}"
    wins = mine is not None and bound is not None and (mine.low >= bound.high if edge.node.kind == "Minimum" else mine.high <= bound.low)
    facts["how"] = ("above" if edge.node.kind == "Minimum" else "below") if wins else "clipped"
    return Finding("flat-region", back.where(edge.node), related=used_here(back, edge.node), facts=facts)


def _pick(back: FlowBack, edge: Edge) -> Finding:
    return Finding("zero-factor", back.where(edge.node), facts=facts_of(back, edge) | {"how": "where"})


def _bottom(back: FlowBack, edge: Edge) -> Finding:
    """The slope of a square is zero where the square is: the loss has its minimum already."""
    return Finding("flat-region", back.where(edge.node), facts=facts_of(back, edge) | {"how": "bottom"})


def _solved(back: FlowBack, edge: Edge) -> Finding:
    node = edge.node
    if edge.end != node.outputs[0] and edge.start == node.inputs[-1] != node.inputs[0]:  # its own derivative, which is an output of it, goes on
        return Finding("non-differentiable-op", back.where(node), facts={"op": node.kind, "how": "labels twice"})
    meta = back.scene.judge.meta(edge.start)
    single = meta is not None and bool(meta[1]) and meta[1] is not None and meta[1][-1] == 1
    return Finding("flat-region", back.where(edge.node), facts=facts_of(back, edge) | {"how": "one" if single else "solved"})


def _straight(back: FlowBack, edge: Edge) -> Finding:
    """The slope of a relu is differentiated once more: it is constant on each of its pieces, and TensorFlow answers zeros."""
    nodes, kind = back.scene.trace.nodes, SLOPES[edge.node.kind]
    relus = (i for i in range(len(nodes)) if nodes.kind(i) == kind and edge.start in (*nodes.outputs(i), *nodes.inputs(i)))
    relu = next((nodes[i] for i in relus), None)
    if relu is None:
        return Finding("flat-region", back.where(edge.node), facts=facts_of(back, edge) | {"how": "other"}, proven=False)
    related = [Related("its slope is differentiated here", again)] if (again := back.scene.where(edge.node)) is not None else []
    return Finding("flat-region", back.where(relu), related=related, facts={"op": relu.kind, "how": "straight"})


def _custom(back: FlowBack, node: Node) -> Finding:
    """The user's own gradient function gave zeros: because it says so, or because a factor in it is zero now."""
    scene = back.scene
    custom = scene.recording.customs.get(node.op)
    facts = {"function": custom.name if custom else "", "how": "zeros"}
    called = scene.where(node)
    returned = scene.program.returns(custom.definition) if custom and custom.definition else ()
    if not returned or custom is None or custom.definition is None:
        return Finding("custom-gradient", called, facts=facts, proven=False)
    where = returned[-1]
    related = [Related("used here", called)] if called else []
    own = scene.program.function_at(where)
    names = _plain_names(where.text) - set(own.parameters if own else ())
    if own is not None and names and names <= _made_inside(own.location):
        facts |= {"how": "zeros", "parameters": ""}
        return Finding("custom-gradient", where, related=related, facts=facts, proven=len(returned) == 1)
    if names and "zeros" not in where.text:
        facts |= {"how": "custom factor", "factor": ", ".join(f"`{n}`" for n in sorted(names)[:2])}
        return Finding("zero-factor", where, related=related, facts=facts, proven=False)
    return Finding("custom-gradient", where, related=related, facts=facts | {"parameters": " ".join(own.parameters if own else ())})


def _plain_names(text: str) -> set[str]:
    """Names of values in a statement; not those of modules and functions that are called."""
    try:
        tree = ast.parse(text.strip())
    except SyntaxError:
        return set()
    called = {n.id for call in ast.walk(tree) if isinstance(call, ast.Call) for n in ast.walk(call.func) if isinstance(n, ast.Name)}
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - called


def _made_inside(function: Location) -> set[str]:
    """Names that the function itself gives values made of its parameters: what it returns is all its own doing."""
    try:
        tree = ast.parse(textwrap.dedent("\n".join(function.source)))
    except SyntaxError:
        return set()
    definition = next((n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)), None)
    known = {a.arg for a in definition.args.args} if definition is not None else set[str]()
    for node in definition.body if definition is not None else ():
        if isinstance(node, ast.Assign) and _plain_names(ast.unparse(node.value)) <= known:
            known |= {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return known


def _cancelled(back: FlowBack, routes: list[list[Edge]]) -> Finding:
    """Gradient arrives by every way, and the sum is zero: the place is where the ways meet on their way to the target."""
    first = {e.end for e in routes[0]}
    other = next((r for r in routes[1:] if any(e.end in first for e in r)), routes[0])
    meeting = next((e for e in other if e.end in first), routes[0][-1])
    parts = [where for r in (routes[0], other) if (where := back.where(r[0].node)) is not None]
    related = [Related("one of the two ways", where) for where in dict.fromkeys(parts) if where != back.where(meeting.node)]
    facts = {"how": "cancelled", "op": meeting.node.kind}
    return Finding("flat-region", back.where(meeting.node), routes[0], related, facts, proven=len(routes) > 1, dies=meeting)
