"""A gradient that is multiplied by zero: the other factor, and where its value comes from."""

from __future__ import annotations

from whygrad import recording as rec
from whygrad.analyse.findings import Finding
from whygrad.analyse.flow_back import FlowBack
from whygrad.analyse.kinds import PASSES_ON
from whygrad.analyse.nodes import Node
from whygrad.analyse.ways import Edge
from whygrad.model import Location, Related


def product(back: FlowBack, edge: Edge) -> Finding:
    """A product with something that is zero wherever gradient comes back."""
    facts = facts_of(back, edge)
    for key in (k for k in edge.node.inputs if k != edge.start):
        stats = back.values.get(key)
        if stats is None:
            continue
        facts |= {"how": "factor" if stats.is_zero else "part", "factor size": f"{stats.size:,}"}
        given = _given(back, edge.node, key) if stats.is_zero else None
        if given is not None:
            return Finding("zero-factor", back.scene.where(edge.node), facts=facts | {"how": "data", "given": given})
        made, variable = _origin(back, key)
        if variable is not None:
            facts |= {"partner": variable.name, "partner key": str(variable.key)}
        related = [Related("what it is multiplied by comes from here", made)] if made is not None else []
        shown = [r for r in related if r.location != back.where(edge.node)]
        return Finding("zero-factor", back.where(edge.node), related=shown + used_here(back, edge.node), facts=facts, proven=stats.is_zero)
    return Finding("zero-factor", back.where(edge.node), facts=facts | {"how": "itself"}, proven=False)


def _origin(back: FlowBack, key: int) -> tuple[Location | None, rec.Variable | None]:
    """Where a factor comes from: through copies and changes of shape to the operation, the variable or the constant that made it."""
    trace, recording = back.scene.trace, back.scene.recording
    for _ in range(30):
        variable = recording.variables.get(key)
        if variable is not None:
            return recording.location(variable.site), variable
        index = trace.producer.get(key)
        node = trace.nodes[index] if index is not None else None
        if node is None or node.kind not in PASSES_ON or not node.inputs:
            return (back.where(node) if node is not None else back.scene.made(key)), None
        zero = [i for i in node.inputs if (s := back.values.get(i)) is not None and s.is_zero]
        key = zero[0] if zero else node.inputs[0]
    return None, None


def _given(back: FlowBack, node: Node, key: int) -> str | None:
    """The type of a factor that Keras's own loss takes from the data: sample weights, or a mask. None for any other factor."""
    scene = back.scene
    if scene.asked_by_user or scene.where(node) != scene.location or scene.site(node) in scene.recording.layers:
        return None
    for _ in range(30):
        index = scene.trace.producer.get(key)
        made = scene.trace.nodes[index] if index is not None else None
        if made is None or made.kind == "IteratorGetNext":
            meta = None if key in scene.recording.variables else scene.judge.meta(key)
            return scene.recording.dtype_name(meta[0]) if meta is not None else None
        if made.kind not in PASSES_ON or not made.inputs:
            return None
        key = made.inputs[0]
    return None


def facts_of(back: FlowBack, edge: Edge) -> dict[str, str]:
    """The values that went into the operation, for the message."""
    facts = {"op": edge.node.kind}
    stats = back.values.get(edge.start)
    if stats is not None:
        facts |= {"size": f"{stats.size:,}", "low": f"{stats.low:.3g}", "high": f"{stats.high:.3g}"}
    layer = back.layer_of(edge.node)
    if layer:
        facts["layer"] = layer
    return facts


def used_here(back: FlowBack, node: Node) -> list[Related]:
    """Where the program calls the layer, if the construction of the layer is what is shown."""
    called, shown = back.scene.where(node), back.where(node)
    return [Related("the layer is called here", called)] if called is not None and called != shown else []
