"""Trace + gradient call -> the likeliest way from a source to the target, with every edge on it that carries no gradient.

All edges count: ops that ran outside the tape, ops without gradient, values stored in a variable and read back. Each kind of broken
edge has a price; the cheapest way is the one the user most plausibly meant. One search from the target serves all sources.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from whygrad import recording as rec
from whygrad.analyse.gradient import Judge
from whygrad.analyse.nodes import Node
from whygrad.analyse.ways import Break, Edge, Ways
from whygrad.catalogue.kinds import SHAPE_OPS

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
    "state": 1_400,
    "discarded": 90_000,
}
ON_PURPOSE = 500  # more for tf.stop_gradient: where another way is cut by accident, the accident is the cause
EARLIER_STATE = 9_000  # stored before the tape began


class Search:
    """Backwards from the target of one gradient call."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.trace = judge.trace
        self.recording = judge.recording
        self.tape = self.recording.tapes[judge.call.tape or 0] if self.recording.tapes else None
        self.unrecorded: dict[int, Break] = {}  # by state, where the tape was never told to pause
        self.earlier: dict[int, tuple[bool, bool]] = {}  # by state
        self.writes: dict[int, list[tuple[int, Node, tuple[int, ...]]]] = {}
        self._collect_writes()

    def _collect_writes(self) -> None:
        """Ops that put a value into a variable (or table, or other resource), by the key of the resource."""
        nodes = self.trace.nodes
        for index, _, _, inputs, outputs in nodes.walk(range(len(nodes))):
            if len(inputs) >= 2 and self._is_write(index, outputs):
                node = nodes[index]
                store, values = (inputs[1], node.inputs[:1]) if node.kind == "MakeIterator" else (inputs[0], node.inputs[1:])
                if self._is_store(store):
                    self.writes.setdefault(store, []).append((index, node, values))

    def _is_store(self, key: int) -> bool:
        """A variable, a queue, a table: something that keeps a value."""
        meta = None if key in self.recording.variables else self.judge.meta(key)
        return key in self.recording.variables or (meta is not None and self.recording.dtype_name(meta[0]) == "resource")

    def _is_write(self, index: int, outputs: Sequence[int]) -> bool:
        return not outputs or self.trace.nodes.kind(index).startswith(("Assign", "Scatter", "StridedSliceAssign"))

    def run(self) -> Ways:
        return Ways(self._found, self._edge)

    def _found(self, ways: Ways) -> Iterator[int]:
        """Follow the ways back from the target, the cheapest first; gives the price that has been come to."""
        queue: list[tuple[int, int]] = []
        for target in self.judge.call.targets:
            key = self.trace.key(target)
            ways.begin(key)
            queue.append((0, key))
        heapq.heapify(queue)
        targets = {key for _, key in queue}
        while queue:
            price, key = heapq.heappop(queue)
            index = self.trace.producer.get(key)
            if price > (ways.so_far(key) or 0):  # a cheaper way was found meanwhile
                continue
            yield price
            for edge, cost in self._written(key) if key in targets else ():
                if ways.through_state(edge, price + cost):
                    heapq.heappush(queue, (price + cost, edge.start))
            if index is None:
                continue
            for start, cost in self._costs(index):
                if ways.through(index, start, price + cost):
                    heapq.heappush(queue, (price + cost, start))
            for edge, cost in self._stored(index, key):
                if ways.through_state(edge, price + cost):
                    heapq.heappush(queue, (price + cost, edge.start))

    def _costs(self, index: int) -> Iterator[tuple[int, int]]:
        """What the node takes in, and the price of going back to it from what the node gives."""
        nodes, judge = self.trace.nodes, self.judge
        inputs, clock, state = nodes.inputs(index), nodes.clock(index), nodes.state(index)
        recorded = judge.records_at(clock, state)
        if not recorded and not judge.symbolic and self._of_earlier_step(clock, state):
            return
        outside = None if recorded else self._why_unrecorded(clock, state)
        for start, carries in zip(inputs, judge.carries_at(index, len(inputs))):
            if carries and recorded:
                yield start, 1
            else:
                yield start, 1 + self._price(index, start, outside if carries else self._why_op(index, start))

    def _edge(self, ways: Ways, index: int, start: int) -> Edge:
        """The edge that `_costs` priced, of those from this tensor through this node."""
        node = self.trace.nodes[index]
        outside = None if self.judge.records(node) else self._why_unrecorded(node.clock, node.state)
        places = [carries for key, carries in zip(node.inputs, self.judge.carries(node)) if key == start]
        broken = min((outside if carries else self._why_op(index, start) for carries in places), key=lambda why: self._price(index, start, why))
        end = min((o for o in node.outputs if ways.so_far(o) is not None), key=lambda o: ways.so_far(o) or 0)
        return Edge(self.trace.nodes, index, start, end, broken)

    def _casts_back(self, index: int, start: int) -> bool:
        """A value cast to integer and back is still the value, not an index: it was paid for on the way in."""
        before = self.trace.producer.get(start)
        return self.trace.nodes.kind(index) == "Cast" and before is not None and self.trace.nodes.kind(before) == "Cast"

    def _of_earlier_step(self, clock: int, state: int) -> bool:
        """Gradients and optimizer updates of earlier steps lead everywhere; they are not what the user means by a path."""
        known = self.earlier.get(state)
        if known is None:
            marks = self.recording.states[state]
            known = self.earlier[state] = rec.APPLYING in marks, rec.BACKWARD in marks
        applying, backward = known
        return applying or (backward and self.tape is not None and clock < self.tape.entered)

    def _price(self, index: int, start: int, broken: Break | None) -> int:
        if broken in ("outside", "stopped", "other-tape"):
            before = None if start in self.recording.variables else self.trace.producer.get(start)
            if before is not None and not self.judge.records_at(self.trace.nodes.clock(before), self.trace.nodes.state(before)):
                return 1  # the price is paid once, where the way comes in from outside
            return PRICE[broken]
        if broken is None or (broken == "index" and self._casts_back(index, start)):
            return 0
        return PRICE[broken] + (ON_PURPOSE if self.trace.nodes.kind(index) in BARRIERS else 0)

    def _stored(self, index: int, key: int) -> list[tuple[Edge, int]]:
        """The value `key` read by a node was stored by an earlier write: ways through the variable's state."""
        inputs = self.trace.nodes.inputs(index)
        if not inputs or inputs[0] not in self.writes or self._is_write(index, self.trace.nodes.outputs(index)):
            return []
        writes = self.writes[inputs[0]]
        earlier = bisect_left(writes, index, key=lambda w: w[0])
        if not earlier or (not self.judge.symbolic and self._is_left_out(self.trace.nodes[index])):
            return []
        at, write, values = writes[earlier - 1]
        if self._is_left_out(write):
            return []
        price = PRICE["state"] if self.judge.records(write) else EARLIER_STATE
        return [(Edge(self.trace.nodes, at, value, key, "state"), 1 + price) for value in values]

    def _written(self, key: int) -> list[tuple[Edge, int]]:
        """The target is a variable itself: what was written to it last."""
        for at, write, values in reversed(self.writes.get(key, [])):
            if not self._is_left_out(write):
                price = PRICE["state"] if self.judge.records(write) else EARLIER_STATE
                return [(Edge(self.trace.nodes, at, value, key, "state"), 1 + price) for value in values]
        return []

    def _is_left_out(self, node: Node) -> bool:
        return not self.judge.records(node) and self._of_earlier_step(node.clock, node.state)

    def _why_op(self, index: int, start: int) -> Break:
        """Why no gradient comes back from a node to its input `start`, even if it is recorded."""
        kind = self.trace.nodes.kind(index)
        if kind in SHAPE_OPS:
            return "discarded"
        if kind == rec.CUSTOM:
            return "custom"
        if kind in ("PyFunc", "EagerPyFunc", "PyFuncStateless"):
            return "python"
        meta = self.judge.meta(start)
        if meta is not None and not self.recording.is_trainable_dtype(meta[0]):
            return "index"
        return "op"

    def _why_unrecorded(self, clock: int, state: int) -> Break:
        known = self.unrecorded.get(state)
        if known is None:
            known = self.unrecorded[state] = self._why_not_in(self.recording.states[state])
        paused = self.tape is not None and any(a <= clock < b for a, b, _ in self.tape.pauses)
        return "stopped" if paused else known

    def _why_not_in(self, marks: tuple[int, ...]) -> Break:
        if rec.STOPPED in marks:
            return "stopped"
        if any(t >= 0 for t in marks) and rec.BACKWARD not in marks:  # TensorFlow opens tapes of its own inside gradient() and jacobian()
            return "other-tape"
        return "outside"
