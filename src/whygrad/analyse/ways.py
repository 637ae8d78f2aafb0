"""What a search from the target of a gradient call found: for every tensor that the target depends on, the price to get there and the next edge."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from whygrad.analyse.nodes import Node, Nodes, TensorMap
from whygrad.analyse.trace import MAX_NODES

Break = Literal["op", "outside", "stopped", "other-tape", "state", "discarded", "custom", "index", "python"]


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


class Ways:
    """Iterating gives the tensors in the order in which they were found, from the target outwards.

    A stream of a million ops may lie behind the target: the search goes on only as far as is asked for, cheaper tensors first. Of an edge its
    node is kept, the rest is found out again when the edge is asked for.
    """

    def __init__(self, search: Callable[[Ways], Iterator[int]], edge: Callable[[Ways, int, int], Edge]) -> None:
        self._search = search(self)  # gives the price that it has come to: no way that costs less will be found any more
        self._come_to = -1
        self._edge = edge  # (ways, index of the node, the tensor that it takes) -> the edge that was meant
        self._found = array("q")
        self._price = TensorMap("q")
        self._onward = TensorMap("i")
        self._through_state: dict[int, Edge] = {}

    def __iter__(self) -> Iterator[int]:
        while self._goes_on():
            pass
        return iter(self._found)

    def __contains__(self, key: int) -> bool:
        while (found := key in self._price) is False and self._goes_on():
            pass
        return found

    def price(self, key: int) -> int | None:
        """None where no way leads from."""
        while ((price := self._price.get(key)) is None or price > self._come_to) and self._goes_on():
            pass
        return price

    def onward(self, key: int) -> Edge | None:
        """The next edge towards the target; None at the target, and where no way leads from."""
        if self.price(key) is None:
            return None
        stored = self._through_state.get(key)
        if stored is not None:
            return stored
        index = self._onward.get(key)
        return None if index is None else self._edge(self, index, key)

    @property
    def lead_anywhere(self) -> bool:
        """Does the target depend on any tensor at all?"""
        return any(key in self._onward or key in self._through_state for key in self)

    def path(self, key: int) -> list[Edge]:
        """Edges from `key` to the target; empty if there is no way (or `key` is the target)."""
        edges: list[Edge] = []
        while len(edges) < MAX_NODES and (edge := self.onward(key)) is not None:
            edges.append(edge)
            key = edge.end
        return edges

    def _goes_on(self) -> bool:
        """Search a little further. False: everything has been found."""
        price = next(self._search, None)
        if price is None:
            return False
        self._come_to = price
        return True

    # -- for the search ---------------------------------------------------------------------------------------------------

    def so_far(self, key: int) -> int | None:
        """The cheapest price that has been found by now."""
        return self._price.get(key)

    def begin(self, target: int) -> None:
        self._cheaper(target, 0)

    def through(self, index: int, start: int, price: int) -> bool:
        """From `start` a way leads through the node at `index`. False: a way is known that costs no more."""
        if not self._cheaper(start, price):
            return False
        self._onward[start] = index
        if self._through_state:
            self._through_state.pop(start, None)
        return True

    def through_state(self, edge: Edge, price: int) -> bool:
        """A way leads through what a variable keeps."""
        if not self._cheaper(edge.start, price):
            return False
        self._through_state[edge.start] = edge
        return True

    def _cheaper(self, key: int, price: int) -> bool:
        known = self._price.get(key)
        if known is None:
            self._found.append(key)
        elif known <= price:
            return False
        self._price[key] = price
        return True
