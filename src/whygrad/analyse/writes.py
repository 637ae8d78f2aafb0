"""Recording -> who wrote to each variable after its first value: the optimizer or the assignment, and where. Linear in the recorded operations."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from whygrad import recording as rec
from whygrad.model import Location

WRITES = ("Assign", "Scatter", "StridedSliceAssign", "Apply", "SparseApply")


@dataclass(frozen=True, slots=True)
class Write:
    """`by`: class of the optimizer, or "assign"."""

    op: int
    by: str
    site: int


class Writes:
    """Of one recording."""

    def __init__(self, recording: rec.Recording) -> None:
        self.recording = recording
        self._outside = {inside: outside for graph in recording.graphs for outside, inside in graph.captures if inside != outside}
        self._applied = sorted(recording.of("applied"), key=lambda event: event.clock)
        self._clocks = [event.clock for event in self._applied]

    def to(self, key: int) -> list[Write]:
        """In the order of time, without the one that gave the variable its first value."""
        return self._found.get(key, [])

    @cached_property
    def _found(self) -> dict[int, list[Write]]:
        ops = self.recording.ops
        writing = {i for i, s in enumerate(self.recording.signatures) if s.op.removeprefix("Resource").startswith(WRITES)}
        found: dict[int, list[Write]] = {}
        for op in (op for op, signature in enumerate(ops.signature) if signature in writing):
            given = ops.ins(op)
            key = self._variable(given[0]) if given else -1
            variable = self.recording.variables.get(key)
            if variable is not None and op >= variable.clock and not self._fills(op, variable):
                found.setdefault(key, []).append(Write(op, self._by(op), ops.site[op]))
        return found

    def _variable(self, key: int) -> int:
        """The variable itself, of what a function knows it by."""
        for _ in range(40):
            if key in self.recording.variables or key not in self._outside:
                break
            key = self._outside[key]
        return key

    def _fills(self, op: int, variable: rec.Variable) -> bool:
        """Variables made while a function is traced get their first value by an operation in it, at the line that makes them."""
        ops = self.recording.ops
        return ops.graph[op] != rec.EAGER and ops.site[op] == variable.site and op < variable.clock + 20

    def _by(self, op: int) -> str:
        state = self.recording.states[self.recording.ops.state[op]]
        after = bisect_right(self._clocks, op)
        if rec.APPLYING not in state:
            return "assign"
        return self._applied[after].text.split("|")[1] if after < len(self._applied) else "optimizer"

    def where(self, write: Write) -> Location | None:
        """The user's expression."""
        return self.recording.location(write.site)
