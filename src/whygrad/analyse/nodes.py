"""The nodes of a Trace and who made which tensor, in as few bytes as a stream of a million ops needs.

A plain op (run eagerly, no function opened, no argument renamed) is kept as its number alone; its Node is made when somebody looks at it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from whygrad import recording as rec

INNER = 1 << 40  # ids of TensorFlow stay far below
PAGE = 10  # ids that follow each other share a page of 1024
IN_PAGE = (1 << PAGE) - 1


@dataclass(slots=True)
class Node:
    """One execution of an op. `op` is its number in the recording, `called` the ops whose calls it was opened from, outermost first."""

    op: int
    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    state: int
    called: tuple[int, ...] = ()

    @property
    def clock(self) -> int:
        """The number of the op, or of the outermost call it was opened from."""
        return self.called[0] if self.called else self.op


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
        return op if op >= 0 else self._made[-1 - op].clock

    def state(self, where: int) -> int:
        op = self._ops[where]
        return self._recording.ops.state[op] if op >= 0 else self._made[-1 - op].state

    def inputs(self, where: int) -> Sequence[int]:
        op = self._ops[where]
        return self._recording.ops.ins(op) if op >= 0 else self._made[-1 - op].inputs

    def outputs(self, where: int) -> Sequence[int]:
        op = self._ops[where]
        return self._recording.ops.outs(op) if op >= 0 else self._made[-1 - op].outputs

    def kind(self, where: int) -> str:
        op = self._ops[where]
        return self._recording.kind(op) if op >= 0 else self._made[-1 - op].kind

    def signature(self, where: int) -> int:
        """That of a plain op; -1 of another node, which is more than its op."""
        op = self._ops[where]
        return self._recording.ops.signature[op] if op >= 0 else -1

    def walk(self, where: range) -> Iterator[tuple[int, int, int, Sequence[int], Sequence[int]]]:
        """Index, clock, state, inputs and outputs of each, with no Node made for it: for what looks at all of a long stream."""
        ops, made = self._recording.ops, self._made
        start, given, states, tensors, numbers = ops.start, ops.inputs, ops.state, ops.tensors, self._ops
        for index in where:
            op = numbers[index]
            if op >= 0:
                first = start[op]
                middle = first + given[op]
                yield index, op, states[op], tensors[first:middle], tensors[middle : start[op + 1]]
            else:
                node = made[-1 - op]
                yield index, node.clock, node.state, node.inputs, node.outputs

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


class TensorMap:
    """Tensor -> a number that is not negative. Ids of TensorFlow that follow each other share an array; those of openings lie in a dictionary."""

    def __init__(self, typecode: Literal["i", "q"]) -> None:
        self._typecode = typecode
        self._pages: dict[int, array[int]] = {}
        self._others: dict[int, int] = {}

    def __setitem__(self, tensor: int, number: int) -> None:
        if not 0 <= tensor < INNER:
            self._others[tensor] = number
            return
        page = self._pages.get(tensor >> PAGE)
        if page is None:
            page = self._pages[tensor >> PAGE] = array(self._typecode, [-1]) * (1 << PAGE)
        page[tensor & IN_PAGE] = number

    def get(self, tensor: int | None) -> int | None:
        """None for a tensor that has no number."""
        if tensor is None or not 0 <= tensor < INNER:
            return None if tensor is None else self._others.get(tensor)
        page = self._pages.get(tensor >> PAGE)
        number = -1 if page is None else page[tensor & IN_PAGE]
        return None if number < 0 else number

    def __contains__(self, tensor: int) -> bool:
        return self.get(tensor) is not None
