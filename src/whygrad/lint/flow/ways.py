"""From the target of a gradient call back: what a gradient can reach, and the likeliest way to what it cannot."""

from __future__ import annotations

import itertools
from _heapq import heappop, heappush  # `heapq` itself would do the same in Python first
from collections.abc import Iterable

from whygrad.dataclass import dataclass, field
from whygrad.lint.flow.graph import Edge, Node
from whygrad.lint.flow.values import Tape, nodes
from whygrad.lint.flow.walk import Question

PRICES = {
    "gradient-stopped": 1_500,
    "index-only": 1_300,
    "python-function": 1_500,
    "state-round-trip": 4_000,
    "outside": 5_000,
    "value-discarded": 90_000,
    "left-tensorflow": 2_000,
}
OTHER_CUT = 1_000
STATE = 1_400  # written under the tape: less than for tf.stop_gradient, which is there on purpose
EARLIER_STATE = 9_000
MOST = 60_000  # nodes looked at for one question


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One edge of a way: from `edge.origin` into `node`. `broken`: the kind of break ("outside" or a slug), empty where the gradient comes back."""

    node: Node
    edge: Edge
    broken: str


@dataclass(slots=True)
class Ways:
    """Searches for one question."""

    question: Question
    reached: dict[Node, int] = field(default_factory=dict)  # by gradient: the latest moment at which it was used
    price: dict[Node, int] = field(default_factory=dict)
    onward: dict[Node, Step] = field(default_factory=dict)

    @property
    def tape(self) -> Tape | None:
        return self.question.tape if isinstance(self.question.tape, Tape) else None

    @property
    def targets(self) -> list[Node]:
        return nodes(self.question.target) if self.question.target is not None else []

    def records(self, node: Node) -> bool:
        """Did the tape that is asked record this node? What is no operation needs no record."""
        if node.kind != "op" or self.tape is None:
            return True
        return self.tape.number in node.tapes and node.order > self.tape.cells.get("reset", -1)

    def follow_gradient(self) -> None:
        """Fill `reached`."""
        queue = self.targets
        self.reached = dict.fromkeys(queue, self.question.order)
        while queue and len(self.reached) < MOST:
            node = queue.pop()
            if not self.records(node):
                continue
            for edge in node.edges:
                latest = max(node.order, self.reached[node] if node.kind == "join" else 0)
                if edge.cut is None and self.reached.get(edge.origin, -1) < latest:
                    if edge.origin not in self.reached:
                        queue.append(edge.origin)
                    self.reached[edge.origin] = latest

    def follow_all(self) -> None:
        """Fill `price` and `onward`: the cheapest way from every node to the target, breaks included."""
        number = itertools.count()
        queue = [(0, next(number), n) for n in self.targets]
        self.price = dict.fromkeys(self.targets, 0)
        done: set[Node] = set()
        while queue and len(done) < MOST:
            price, _, node = heappop(queue)
            if node in done:
                continue
            done.add(node)
            for step, cost in self._into(node):
                total = price + cost
                if total < self.price.get(step.edge.origin, 10**9):
                    self.price[step.edge.origin] = total
                    self.onward[step.edge.origin] = step
                    heappush(queue, (total, next(number), step.edge.origin))

    def path(self, node: Node) -> list[Step]:
        """The way from `node` to the target."""
        steps: list[Step] = []
        while node in self.onward and len(steps) < MOST:
            step = self.onward[node]
            steps.append(step)
            node = step.node
        return steps

    def _into(self, node: Node) -> Iterable[tuple[Step, int]]:
        began = self.tape.cells.get("began", 0) if self.tape is not None else 0
        if node.label == "gradient" and node.order < began:
            return  # gradients of earlier steps lead everywhere
        recorded = self.records(node)
        for edge in node.edges:
            cut = edge.cut
            if cut is not None:
                yield Step(node, edge, cut.cause), 1 + self._cut_price(edge)
            elif recorded:
                yield Step(node, edge, ""), 1
            else:
                inside = edge.origin.kind == "op" and not self.records(edge.origin)
                yield Step(node, edge, "outside"), 2 if inside else 1 + PRICES["outside"]

    def _cut_price(self, edge: Edge) -> int:
        assert edge.cut is not None
        if edge.cut.cause == "state-round-trip" and "tapes" in edge.cut.facts and self.tape is not None:
            return STATE if str(self.tape.number) in edge.cut.facts["tapes"].split() else EARLIER_STATE
        return PRICES.get(edge.cut.cause, OTHER_CUT)
