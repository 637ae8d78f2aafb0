"""One measured answer of a gradient call -> how much gradient there is at each tensor on the way back from the target."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from whygrad.analyse.kinds import SATURATED
from whygrad.analyse.nodes import Node
from whygrad.analyse.path import Edge
from whygrad.analyse.scene import Scene
from whygrad.model import Location
from whygrad.samples import Sample, Stats

ROUNDING = 1e-6  # of what came in: what a saturated function lets through is rounding noise below that


@dataclass
class FlowBack:
    """Values and cotangents by the keys of the trace."""

    scene: Scene
    sample: Sample

    @cached_property
    def values(self) -> dict[int, Stats]:
        return {self.scene.trace.key(t): found for t, found in self.sample.values.items()}

    @cached_property
    def cotangents(self) -> dict[int, Stats]:
        found = {self.scene.trace.key(t): stats for t, stats in self.sample.cotangents.items()}
        return {k: s for k, s in found.items() if s.size}

    def dies_at(self, edges: list[Edge]) -> list[Edge]:
        """The edge, from the target backwards, that gradient reaches and does not pass; several where nothing is known of the tensors between."""
        unknown: list[Edge] = []
        for edge in reversed(edges):
            start = self.cotangents.get(edge.start)
            unknown.insert(0, edge)
            if start is None and edge is not edges[0]:
                continue
            if start is None or self.is_dead(edge, start):
                return unknown
            unknown = []
        return []

    def is_dead(self, edge: Edge, start: Stats) -> bool:
        """Exactly zero, or nothing but rounding noise of an operation that has become flat."""
        if start.is_zero:
            return True
        end = self.cotangents.get(edge.end)
        return edge.node.kind in SATURATED and end is not None and start.bad == 0 and start.largest <= ROUNDING * end.largest

    def born_bad(self, edges: list[Edge]) -> Edge | None:
        """The edge, from the target backwards, at which the gradient stops being finite."""
        for edge in reversed(edges):
            start, end = self.cotangents.get(edge.start), self.cotangents.get(edge.end)
            if (start is None or start.bad) and (end is None or not end.bad):
                return edge
        return None

    def first_bad_value(self, key: int) -> Node | None:
        """The earliest operation behind `key` that made NaN or infinity out of finite numbers."""
        trace = self.scene.trace
        queue, seen, found = [key], {key}, []
        while queue:
            index = trace.producer.get(queue.pop())
            if index is None:
                continue
            node = trace.nodes[index]
            bad = [i for i in node.inputs if self.is_bad(i)]
            if not bad and any(self.is_bad(o) for o in node.outputs):
                found.append((index, node))
            fresh = [i for i in (bad or node.inputs) if i not in seen and (bad or i not in self.values)]
            seen.update(fresh)
            queue += fresh
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def is_bad(self, key: int) -> bool:
        stats = self.values.get(key)
        return stats is not None and stats.bad > 0

    def where(self, node: Node) -> Location | None:
        """The user's expression; for an operation that a layer of Keras runs by itself, the construction of the layer."""
        made = self.scene.recording.layers_made.get(self.scene.site(node))
        return self.scene.recording.location(made) if made is not None else self.scene.where(node)
