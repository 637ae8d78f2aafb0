"""What can change while a program is walked through: one place that writes, takes back what a branch wrote, and joins what two branches left."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from whygrad.dataclass import dataclass, field
from whygrad.lint.flow.graph import Node, carried
from whygrad.lint.flow.values import Either, Exhaustible, Plain, Sequence, Tape, Tensor, Unknown, Value, nodes, options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whygrad.lint.flow.values import Cells

    Writes = dict[tuple[int, Any], tuple[Cells, Any, Any]]  # (which cells, key) -> the cells, the key, the value that was left there

MISSING = object()
NO_TAPES = frozenset[int]()
MOST_OPTIONS = 4


@dataclass(slots=True)
class State:
    """The clock, the tapes that record now, and the journal of writes of each branch that is under way."""

    clock: int = 0
    tapes: list[Tape] = field(default_factory=list)
    journals: list[list[tuple[Cells, Any, Any]]] = field(default_factory=list)
    left: list[list[Writes]] = field(default_factory=list)  # for each loop and function under way: what branches left that jumped out

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def recording(self) -> frozenset[int]:
        return frozenset([t.number for t in self.tapes]) if self.tapes else NO_TAPES

    def write(self, cells: Cells, key: Any, value: Any) -> None:
        """Every change of the abstract program goes through here."""
        if self.journals:
            self.journals[-1].append((cells, key, cells.get(key, MISSING)))
        cells[key] = value

    def attempt(self, work: Callable[[], Any]) -> tuple[Any, Writes]:
        """Do `work` and take back what it wrote. Returns its result and the writes."""
        self.journals.append([])
        tapes = list(self.tapes)
        try:
            result = work()
        finally:
            journal = self.journals.pop()
            self.tapes[:] = tapes
            writes = {(id(cells), key): (cells, key, cells.get(key, MISSING)) for cells, key, _ in journal}
            for cells, key, old in reversed(journal):
                if old is MISSING:
                    cells.pop(key, None)
                else:
                    cells[key] = old
        return result, writes

    def merge(self, branches: Iterable[Writes]) -> None:
        """Afterwards every cell holds what it may hold after any of the branches."""
        branches = list(branches)
        touched = {place: (cells, key) for writes in branches for place, (cells, key, _) in writes.items()}
        for place, (cells, key) in touched.items():
            before = cells.get(key, MISSING)
            found = [w[place][2] if place in w else before for w in branches]
            left_out = key == "trainable" and MISSING in found and len(found) > 1  # a layer trains unless it is told not to
            joined = self.join([v for v in found if v is not MISSING] + ([Plain(True)] if left_out else []))
            if joined is not MISSING:
                self.write(cells, key, joined)

    def jumped(self, writes: Writes) -> None:
        """What a branch wrote that left the loop or function around it: it may be seen after that."""
        if self.left:
            self.left[-1].append(writes)

    def collect(self, work: Callable[[], Any]) -> Any:
        """Do the work of a loop or function; what its jumps left is joined to what its end left."""
        self.left.append([])
        try:
            return work()
        finally:
            for writes in self.left.pop():
                self.merge([writes, {}])

    def join(self, values: Iterable[Any]) -> Any:
        """One value for several. Things that are no abstract values (a tuple of items, a flag) are joined by their kind."""
        distinct = list({id(v): v for v in values}.values())
        if not distinct:
            return MISSING
        if len(distinct) == 1:
            return distinct[0]
        if all(isinstance(v, Value) for v in distinct):
            return self.join_values(distinct)
        if all(isinstance(v, tuple) for v in distinct):
            return self._join_tuples(distinct)
        if all(isinstance(v, bool) for v in distinct):
            return True
        return distinct[-1]

    def _join_tuples(self, found: list[tuple[Any, ...]]) -> tuple[Any, ...]:
        """Items of sequences: one by one where the lengths agree, else all that there may be."""
        longest = max(found, key=len)
        return tuple(self.join(t[i] for t in found if i < len(t)) for i in range(len(longest)))

    def join_values(self, values: list[Value]) -> Value:
        flat = list(dict.fromkeys(o for v in values for o in options(v)))
        plain = [o for o in flat if isinstance(o, Plain)]
        tensors = [o for o in flat if isinstance(o, Tensor)]
        others = [o for o in flat if not isinstance(o, (Plain, Tensor))]
        unknown = next((o for o in others if isinstance(o, Unknown)), None)
        if unknown is not None:
            return self._unknown_with(unknown, flat)
        sequences = [o for o in others if isinstance(o, Sequence)]
        if len(sequences) > 1 and len({len(s.items) for s in sequences}) == 1:
            items = self._join_tuples([s.items for s in sequences])
            others = [o for o in others if o not in sequences] + [Sequence.of(items, sequences[0].kind, any(s.is_open for s in sequences))]
        kept = others + ([self._one_tensor(tensors)] if tensors else []) + plain
        if len(kept) == 1:
            return kept[0]
        if len(kept) <= MOST_OPTIONS:
            return Either(tuple(kept))
        return self._unknown_with(None, flat)

    def _one_tensor(self, tensors: list[Tensor]) -> Tensor:
        if len({id(t.node) for t in tensors}) == 1:
            return tensors[0]
        made = Node("join", edges=carried(t.node for t in tensors), order=self.tick(), dtype=_common(t.node.dtype for t in tensors))
        form = "tensor" if any(t.form in ("tensor", "variable") for t in tensors) else tensors[0].form
        return Tensor(made, form)

    def _unknown_with(self, known: Unknown | None, values: list[Value]) -> Unknown:
        inside = [n for v in values for n in nodes(v)]
        if known is not None and len(inside) == 1:
            return known
        return Unknown(Node("unknown", edges=carried(inside), order=self.tick(), site=known.node.site if known else None))


def _common(dtypes: Iterable[str]) -> str:
    found = set(dtypes)
    return found.pop() if len(found) == 1 else ""


def contents(value: Value) -> tuple[Value, ...]:
    """The items of a sequence or of an iterator over one."""
    inner = value.content if isinstance(value, Exhaustible) else value
    return inner.items if isinstance(inner, Sequence) else ()
