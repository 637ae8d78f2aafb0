"""A variable of a recording in; what its first value was and where that came from, out: a short word, and the details in the user's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from whygrad import recording as rec
from whygrad.evidence import quote
from whygrad.model import Location
from whygrad.source.flow import Program

RANDOM = ("Random", "Truncated", "Multinomial")
LOADED = ("RestoreV2", "Restore", "RestoreSlice")
WINDOW = 400  # operations before the first write, among which its value was made
STEPS = 40  # of them that are followed back
NAME = re.compile(r"[\w.]*$")
BY_CHANCE = re.compile(r"\b(random|rng|randn|rand|normal|uniform|permutation|generator)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class First:
    """`word`: zeros, ones, constant, identity, random, restored, given. `detail` may be empty."""

    word: str
    detail: str = ""


class FirstValues:
    """Looks things up in one recording. Operations are looked at backwards from a variable's first write, a few each."""

    def __init__(self, recording: rec.Recording, program: Program) -> None:
        self.recording = recording
        self.program = program

    def of(self, variable: rec.Variable) -> First:
        """What the variable began as."""
        if variable.initializer:
            return First(variable.initial or "given", _without(variable.initializer, variable.initial))
        if variable.initial is not None:
            return First(variable.initial, variable.value if variable.initial == "constant" else "")
        written = self._written(variable)
        if written is None:
            return First("given")
        return self._origin(*written)

    def _written(self, variable: rec.Variable) -> tuple[int, int] | None:
        """The operation that wrote the first value, and the tensor it wrote."""
        ops = self.recording.ops
        for op in range(min(variable.clock, len(ops)) - 1, max(variable.clock - 20, -1), -1):
            given = ops.ins(op)
            if len(given) > 1 and given[0] == variable.key:
                return op, given[1]
        return None

    def _origin(self, write: int, tensor: int) -> First:
        """Back from the value to what made it."""
        queue, seen, entered = [tensor], 0, list[rec.Event]()
        made = self._made_before(write)
        while queue and seen < STEPS:
            seen += 1
            key = queue.pop(0)
            op = made.get(key)
            if op is None:
                entered += [self.entered[key]] if key in self.entered else []
                continue
            kind = self.recording.kind(op)
            if kind in LOADED:
                return First("restored", self._text(op))
            if any(part in kind for part in RANDOM):
                return First("random", self._text(op))
            queue += self.recording.ops.ins(op)
        if entered:
            return self._given(self.recording.location(entered[0].site))
        first = made.get(tensor)
        return First("given", self._text(first) if first is not None else "")

    def _made_before(self, write: int) -> dict[int, int]:
        ops = self.recording.ops
        return {key: op for op in range(max(write - WINDOW, 0), write) for key in ops.outs(op)}

    def _text(self, op: int) -> str:
        where = self.recording.location(self.recording.ops.site[op])
        return "" if where is None else quote(where.text, 60).strip("`")

    def _given(self, where: Location | None) -> First:
        """A Python or NumPy value. Whether chance made it, the expression tells, or the one that gave its name a value."""
        steps = list(self.program.origins(where, 20)) if where is not None else []
        texts = [step.location.text for step in steps if step.location is not None]
        chance = next((text for text in texts[1:] if "(" in text and BY_CHANCE.search(text)), None)
        if chance is not None:
            return First("random", quote(chance, 60).strip("`"))
        told = next((text for text in texts[1:] if not NAME.match(text)), texts[0] if texts else "")
        return First("given", quote(told, 60).strip("`"))

    @cached_property
    def entered(self) -> dict[int, rec.Event]:
        """Tensors made from Python or NumPy values, by key."""
        return {e.key: e for e in self.recording.of("enter")}


def _without(initializer: str, word: str | None) -> str:
    """`zeros` says all there is to say."""
    return "" if initializer == word else initializer
