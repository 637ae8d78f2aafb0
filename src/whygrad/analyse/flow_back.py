"""One measured answer of a gradient call -> how much gradient there is at each tensor on the way back from the target."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from whygrad.analyse.kinds import SATURATED
from whygrad.analyse.nodes import Node
from whygrad.analyse.scene import Scene
from whygrad.analyse.ways import Edge
from whygrad.model import Location
from whygrad.samples import Sample, Stats

MOST_ROUTES = 12  # ways out of one tensor that are looked at
MOST_BACK = 60  # operations that are followed back
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
        """The edge, from the source on, that gradient reaches and does not pass; several where nothing is known of the tensors between.

        A tensor farther on may be dead as well, beside a way that is alive: what is nearer to the source decides.
        """
        since: int | None = None
        for i, edge in enumerate(edges):
            start = self.cotangents.get(edge.start)
            if start is None and i:
                continue
            if start is None or self.is_dead(edge, start):
                since = i
            elif since is not None:
                return edges[since:i]
        return [] if since is None else edges[since:]

    def is_dead(self, edge: Edge, start: Stats) -> bool:
        """Exactly zero, or nothing but rounding noise of an operation that has become flat."""
        if start.is_zero:
            return True
        end = self.cotangents.get(edge.end)
        return edge.node.kind in SATURATED and end is not None and start.bad == 0 and start.largest <= ROUNDING * end.largest

    @cached_property
    def consumers(self) -> dict[int, list[int]]:
        """For each tensor on a way to the target, the nodes that take it."""
        found: dict[int, list[int]] = {}
        for index, node in enumerate(self.scene.trace.nodes):
            if any(o in self.scene.ways for o in node.outputs):
                for key in set(node.inputs):
                    found.setdefault(key, []).append(index)
        return found

    def routes(self, key: int) -> list[list[Edge]]:
        """The ways from `key` to the target, one for each operation that takes it."""
        found = []
        for index in self.consumers.get(key, ())[:MOST_ROUTES]:
            output = next((o for o in self.scene.trace.nodes[index].outputs if o in self.scene.ways), None)
            if output is not None:
                found.append([Edge(self.scene.trace.nodes, index, key, output, None), *self.scene.ways.path(output)])
        return found

    def born_bad(self, edges: list[Edge]) -> Edge | None:
        """The edge, from the target backwards, at which the gradient stops being finite."""
        on_the_way = [e for e in reversed(edges) if self._makes_bad(e.start, e.index)]
        if on_the_way:
            return on_the_way[0]
        aside = [(i, k) for k, stats in self.cotangents.items() if stats.bad for i in self.consumers.get(k, ()) if self._makes_bad(k, i)]
        index, key = max(aside, default=(-1, -1))
        return Edge(self.scene.trace.nodes, index, key, self.scene.trace.nodes[index].outputs[0], None) if aside else None

    def _makes_bad(self, key: int, index: int) -> bool:
        """Finite gradient comes to this node, and what it hands on to its input `key` is not; nothing else brings NaN there."""
        if not self.is_bad_gradient(key):
            return False
        others = [i for i in self.consumers.get(key, ()) if i != index and any(map(self.is_bad_gradient, self.scene.trace.nodes[i].outputs))]
        return not others and not any(map(self.is_bad_gradient, self.scene.trace.nodes[index].outputs))

    def is_bad_gradient(self, key: int) -> bool:
        stats = self.cotangents.get(key)
        return stats is not None and stats.bad > 0

    def is_alive(self, key: int) -> bool:
        stats = self.cotangents.get(key)
        return stats is not None and not stats.is_zero

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

    def zeros_from(self, key: int) -> Node | None:
        """The operation that made zeros of values that were none; None where a variable was zero, or where it is not known."""
        for _ in range(MOST_BACK):
            index = self.scene.trace.producer.get(key)
            if index is None:
                return None
            node = self.scene.trace.nodes[index]
            known = [(i, self.values.get(i)) for i in node.inputs if i not in self.scene.recording.variables]
            zero = [i for i, stats in known if stats is not None and stats.is_zero]
            if not zero:
                return node if known and all(stats is not None and stats.low < stats.high for _, stats in known) else None
            key = next((i for i in zero if not self._is_read(i)), zero[0])
        return None

    def _is_read(self, key: int) -> bool:
        index = self.scene.trace.producer.get(key)
        return index is not None and self.scene.trace.nodes[index].kind == "ReadVariableOp"

    def layer_of(self, node: Node) -> str:
        """The name of the layer of Keras that an operation belongs to; empty for the user's own."""
        site = self.scene.site(node)
        layer = self.scene.recording.layers.get(site)
        return layer if layer and site in self.scene.recording.layers_made else ""

    def is_bad(self, key: int) -> bool:
        stats = self.values.get(key)
        return stats is not None and stats.bad > 0

    def where(self, node: Node) -> Location | None:
        """The user's expression; what a layer of Keras does by itself: the construction of the layer; a compiled loss: the call of `compile`."""
        scene, site = self.scene, self.scene.site(node)
        made = scene.recording.layers_made.get(site)
        if made is not None:
            return scene.recording.location(made)
        where = scene.where(node)
        if where == scene.location and not scene.asked_by_user and site not in scene.recording.layers:
            compiled = [e.site for e in scene.recording.of("compiled") if e.text == "loss" and e.clock <= scene.call.clock]
            return scene.recording.location(compiled[-1]) if compiled else where
        return where
