"""The nodes of a Trace and who made which tensor, in as few bytes as a stream of a million ops needs.

A plain op (run eagerly, no function opened, no argument renamed) is kept as its number alone; its Node is made when somebody looks at it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from whygrad import recording as rec

INNER = 1 << 40  # ids of TensorFlow stay far below
PAGE = 10  # ids that follow each other share a page of 1024


@dataclass(slots=True)
class Node:
    """One execution of an op. `op` is its number in the recording, `called` the ops whose calls it was opened from, outermost first."""

    op: int
    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    state: int
    called: tuple[int, ...] = ()


class Nodes(Sequence[Node]):
    """Nodes in order of execution. A slice is a view."""

    def __init__(self, recording: rec.Recording) -> None:
        self._recording = recording
        self._ops = array("i")  # the number of a plain op; -1 - i for the node `self._made[i]`
        self._made: list[Node] = []

    def __len__(self) -> int:
        return len(self._ops)

    @overload
    def __getitem__(self, where: int) -> Node: ...
    @overload
    def __getitem__(self, where: slice) -> Sequence[Node]: ...
    def __getitem__(self, where: int | slice) -> Node | Sequence[Node]:
        if isinstance(where, slice):
            return _View(self, range(len(self._ops))[where])
        op = self._ops[where]
        if op < 0:
            return self._made[-1 - op]
        ops = self._recording.ops
        first = ops.start[op]
        tensors = tuple(ops.tensors[first : ops.start[op + 1]])
        inputs = ops.inputs[op]
        kind = self._recording.signatures[ops.signature[op]].op
        return Node(op, kind, tensors[:inputs], tensors[inputs:], ops.state[op])

    def clock(self, where: int) -> int:
        """The number of the op, or of the outermost call it was opened from."""
        op = self._ops[where]
        if op >= 0:
            return op
        node = self._made[-1 - op]
        return node.called[0] if node.called else node.op

    def append(self, node: Node) -> None:
        self._made.append(node)
        self._ops.append(-len(self._made))

    def append_plain(self, op: int) -> None:
        """Add the op as it was recorded."""
        self._ops.append(op)


class _View(Sequence[Node]):
    """Some of the nodes."""

    def __init__(self, nodes: Nodes, where: range) -> None:
        self._nodes = nodes
        self._where = where

    def __len__(self) -> int:
        return len(self._where)

    @overload
    def __getitem__(self, where: int) -> Node: ...
    @overload
    def __getitem__(self, where: slice) -> Sequence[Node]: ...
    def __getitem__(self, where: int | slice) -> Node | Sequence[Node]:
        if isinstance(where, slice):
            return _View(self._nodes, self._where[where])
        return self._nodes[self._where[where]]


class Producers:
    """Tensor -> the index of the node that made it. Ids that TensorFlow gave lie in pages of an array, those of openings in a dictionary."""

    def __init__(self) -> None:
        self._pages: dict[int, array[int]] = {}
        self._others: dict[int, int] = {}

    def __setitem__(self, tensor: int, index: int) -> None:
        if not 0 <= tensor < INNER:
            self._others[tensor] = index
            return
        page = self._pages.get(tensor >> PAGE)
        if page is None:
            page = self._pages[tensor >> PAGE] = array("i", [-1]) * (1 << PAGE)
        page[tensor & ((1 << PAGE) - 1)] = index

    def get(self, tensor: int | None) -> int | None:
        """None for a tensor whose making was not recorded."""
        if tensor is None or not 0 <= tensor < INNER:
            return None if tensor is None else self._others.get(tensor)
        page = self._pages.get(tensor >> PAGE)
        index = -1 if page is None else page[tensor & ((1 << PAGE) - 1)]
        return None if index < 0 else index

    def __contains__(self, tensor: int) -> bool:
        return self.get(tensor) is not None
