"""Trace + gradient call -> the likeliest way from a source to the target, with every edge on it that carries no gradient.

All edges count: ops that ran outside the tape, ops without gradient, values stored in a variable and read back. Each kind of broken
edge has a price; the cheapest way is the one the user most plausibly meant. One search from the target serves all sources.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Literal

from whygrad import recording as rec
from whygrad.analyse.gradient import Judge
from whygrad.analyse.nodes import Node, Nodes
from whygrad.analyse.trace import MAX_NODES

Break = Literal["op", "outside", "stopped", "other-tape", "state", "discarded", "custom", "index", "python"]

SHAPE_OPS = frozenset({"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike", "VariableShape"})
BARRIERS = frozenset({"StopGradient", "PreventGradient"})
READS = frozenset({"ReadVariableOp", "ResourceGather", "ResourceGatherNd", "Identity"})
PRICE = {
    "op": 1_000,
    "custom": 1_000,
    "index": 1_300,
    "python": 1_500,
    "stopped": 5_000,
    "outside": 5_000,
    "other-tape": 5_000,
    "state": 4_000,
    "discarded": 90_000,
}
ON_PURPOSE = 500  # more for tf.stop_gradient: where another way is cut by accident, the accident is the cause
EARLIER_STATE = 9_000  # stored before the tape began


@dataclass(frozen=True, slots=True)
class Edge:
    """`node` takes the tensor `start` in and gives `end` out; `broken` says why no gradient comes back, None if it does."""

    nodes: Nodes
    index: int
    start: int
    end: int
    broken: Break | None

    @property
    def node(self) -> Node:
        """Made when asked for: a search meets many edges and shows few."""
        return self.nodes[self.index]


@dataclass(slots=True)
class Ways:
    """The result of one search: for every tensor the target depends on, the next edge towards the target and the price to get there."""

    price: dict[int, int] = field(default_factory=dict)
    onward: dict[int, Edge] = field(default_factory=dict)

    def path(self, key: int) -> list[Edge]:
        """Edges from `key` to the target; empty if there is no way (or `key` is the target)."""
        edges: list[Edge] = []
        while key in self.onward and len(edges) < MAX_NODES:
            edge = self.onward[key]
            edges.append(edge)
            key = edge.end
        return edges


class Search:
    """Backwards from the target of one gradient call."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.trace = judge.trace
        self.recording = judge.recording
        self.writes: dict[int, list[tuple[int, Node, tuple[int, ...]]]] = {}
        self._collect_writes()

    def _collect_writes(self) -> None:
        """Ops that put a value into a variable (or table, or other resource), by the key of the resource."""
        for index, node in enumerate(self.trace.nodes):
            if len(node.inputs) >= 2 and self._is_write(node) and self._is_store(node.inputs[0]):
                self.writes.setdefault(node.inputs[0], []).append((index, node, node.inputs[1:]))

    def _is_store(self, key: int) -> bool:
        """A variable, a queue, a table: something that keeps a value."""
        meta = None if key in self.recording.variables else self.judge.meta(key)
        return key in self.recording.variables or (meta is not None and self.recording.dtype_name(meta[0]) == "resource")

    def _is_write(self, node: Node) -> bool:
        return not node.outputs or node.kind.startswith(("Assign", "Scatter", "StridedSliceAssign"))

    def run(self) -> Ways:
        ways = Ways()
        queue: list[tuple[int, int]] = []
        for target in self.judge.call.targets:
            key = self.trace.key(target)
            ways.price[key] = 0
            heapq.heappush(queue, (0, key))
        done: set[int] = set()
        while queue:
            price, key = heapq.heappop(queue)
            if key in done:
                continue
            done.add(key)
            for edge, cost in self._into(key):
                total = price + cost
                if edge.start not in ways.price or total < ways.price[edge.start]:
                    ways.price[edge.start] = total
                    ways.onward[edge.start] = edge
                    heapq.heappush(queue, (total, edge.start))
        return ways

    def _into(self, key: int) -> list[tuple[Edge, int]]:
        """Edges that end in `key`, with their prices."""
        index = self.trace.producer.get(key)
        if index is None:
            return []
        node = self.trace.nodes[index]
        recorded = self.judge.records(node)
        if not recorded and not self.judge.symbolic and self._of_earlier_step(node):
            return []
        carries = self.judge.carries(node)
        found = []
        for place, start in enumerate(node.inputs):
            broken = self.why_broken(node, place, carries[place] if place < len(carries) else True, recorded)
            meant = ON_PURPOSE if broken and node.kind in BARRIERS else 0
            price = 0 if broken == "index" and self._casts_back(node, start) else meant + self._price(broken, start)
            found.append((Edge(self.trace.nodes, index, start, key, broken), 1 + price))
        if node.inputs and node.inputs[0] in self.writes and not self._is_write(node):
            found += self._stored(index, node, key)
        return found

    def _casts_back(self, node: Node, start: int) -> bool:
        """A value cast to integer and back is still the value, not an index: it was paid for on the way in."""
        index = self.trace.producer.get(start)
        return node.kind == "Cast" and index is not None and self.trace.nodes[index].kind == "Cast"

    def _of_earlier_step(self, node: Node) -> bool:
        """Gradients and optimizer updates of earlier steps lead everywhere; they are not what the user means by a path."""
        state = self.recording.states[node.state]
        began = self.recording.tapes[self.judge.call.tape or 0].entered
        return rec.APPLYING in state or (rec.BACKWARD in state and (node.called[0] if node.called else node.op) < began)

    def _price(self, broken: Break | None, start: int) -> int:
        if broken is None:
            return 0
        if broken in ("outside", "stopped", "other-tape"):
            index = self.trace.producer.get(start)
            if index is not None and not self.judge.records(self.trace.nodes[index]):
                return 1  # the price is paid once, where the way comes in from outside
        return PRICE[broken]

    def _stored(self, index: int, node: Node, key: int) -> list[tuple[Edge, int]]:
        """The value read by `node` was stored by an earlier write: a way through the variable's state."""
        writes = self.writes[node.inputs[0]]
        earlier = bisect_left(writes, index, key=lambda w: w[0])
        if not earlier:
            return []
        at, write, values = writes[earlier - 1]
        inside = self.judge.records(write)
        if not inside and self._of_earlier_step(write):
            return []
        price = PRICE["state"] if inside else EARLIER_STATE
        return [(Edge(self.trace.nodes, at, value, key, "state"), 1 + price) for value in values]

    def why_broken(self, node: Node, place: int, carries: bool, recorded: bool) -> Break | None:
        """Why does no gradient come back from this node to its input number `place`? None: it does."""
        if carries and recorded:
            return None
        if not carries:
            return self._why_op(node, place)
        return self._why_unrecorded(node)

    def _why_op(self, node: Node, place: int) -> Break:
        if node.kind in SHAPE_OPS:
            return "discarded"
        if node.kind == rec.CUSTOM:
            return "custom"
        if node.kind in ("PyFunc", "EagerPyFunc", "PyFuncStateless"):
            return "python"
        meta = self.judge.meta(node.inputs[place])
        if meta is not None and not self.recording.is_trainable_dtype(meta[0]):
            return "index"
        return "op"

    def _why_unrecorded(self, node: Node) -> Break:
        state = self.recording.states[node.state]
        tape = self.recording.tapes[self.judge.call.tape or 0]
        if rec.STOPPED in state or any(a <= node.op < b for a, b, _ in tape.pauses):
            return "stopped"
        if any(t >= 0 for t in state) and rec.BACKWARD not in state:  # TensorFlow opens tapes of its own inside gradient() and jacobian()
            return "other-tape"
        return "outside"
