"""Recording -> a row for each variable of the program: what it began as, its gradient, and who updated it.

Variables that a library keeps for itself (slots of an optimizer, metrics, seeds, counters) and copies of a variable on further replicas are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from whygrad import recording as rec
from whygrad.analyse.first_values import FirstValues
from whygrad.analyse.scene import GENERIC, Scene
from whygrad.analyse.writes import Write, Writes
from whygrad.model import Location, VariableRow
from whygrad.samples import Sample, Stats
from whygrad.source.flow import Program
from whygrad.words import GradientStatus

REPLICA = re.compile(r"/replica_\d+$")
NAMED = re.compile(r"([A-Za-z_][\w.\[\]'\"]*)\s*(?::[^=;]+)?=\s*$")
LOADS = re.compile(r"\b(load_weights|load_model|load_own_variables|restore|read|load)\(")
MOST = 2000  # rows
WORST_FIRST: tuple[GradientStatus, ...] = ("none", "non-finite", "zero", "ok")


class Audit:
    """Of one recording."""

    def __init__(self, recording: rec.Recording, program: Program, scenes: list[Scene]) -> None:
        self.recording = recording
        self.scenes = scenes
        self.first_values = FirstValues(recording, program)
        self.writes = Writes(recording)
        self._measured: dict[int, list[Sample]] = {}
        for sample in recording.samples:
            self._measured.setdefault(sample.call, []).append(sample)
        self._states: dict[int, set[GradientStatus]] = {}
        self._names: dict[int, str] = {}
        self._asked: dict[int, int] = {}
        self._listen()

    def variables(self) -> Iterator[rec.Variable]:
        """Those of the program, in the order they were made."""
        named = {v.name for v in self.recording.variables.values()}
        for variable in self.recording.variables.values():
            replica = REPLICA.search(variable.name)
            if not variable.keeper and not (replica and variable.name[: replica.start()] in named):
                yield variable

    def rows(self) -> tuple[VariableRow, ...]:
        return tuple(self.row(variable) for _, variable in zip(range(MOST), self.variables()))

    def row(self, variable: rec.Variable) -> VariableRow:
        first = self.first_values.of(variable)
        before, after = self._divided(variable)
        given = self._assigned(variable, before)
        last = self._telling(after)
        return VariableRow(
            name=self.name(variable),
            shape=variable.shape,
            dtype=variable.dtype,
            trainable=variable.trainable,
            initial="restored" if given is not None and LOADS.search(given.text) else first.word,
            detail=first.detail,
            location=self.recording.location(variable.layer_site if variable.layer_site >= 0 else variable.site),
            assigned=given,
            gradient=self.status(variable),
            updated=self.was_updated(variable),
            updated_by=last.by if last is not None else "",
            updated_at=self.writes.where(last) if last is not None else None,
        )

    def _assigned(self, variable: rec.Variable, before: list[Write]) -> Location | None:
        """The last assignment before training, if it is another expression than the one that made the variable, or one that reads a file."""
        where = self.writes.where(before[-1]) if before else None
        return where if where is not None and (before[-1].site != variable.site or LOADS.search(where.text)) else None

    def name(self, variable: rec.Variable) -> str:
        """As the gradients are listed; else its full name, or the name that the program gives it."""
        known = self._names.get(variable.key) or variable.full_name or variable.name
        if not GENERIC.match(known.rsplit("/", 1)[-1]):
            return known
        where = self.recording.location(variable.site)
        found = NAMED.search(where.source[0][: where.column - 1]) if where is not None and where.source else None
        return found.group(1) if found else known

    def status(self, variable: rec.Variable) -> GradientStatus | None:
        """The worst state of its gradient; a gradient that was there and not zero once is not called missing or zero. None: not asked for."""
        states = self._states.get(variable.key, set())
        if not states:
            return None
        return "ok" if "ok" in states and "non-finite" not in states else min(states, key=WORST_FIRST.index)

    def was_updated(self, variable: rec.Variable) -> bool | None:
        """It was seen to be written to, or its value has changed. False: neither, and the value is the same. None: only not seen."""
        before, after = self._divided(variable)
        if after:
            return True
        return None if variable.changed and before and variable.key not in self._asked else variable.changed

    def measured(self, scene: Scene) -> int:
        """How many answers of the calls at this place were looked at."""
        return sum(len(self._measured.get(i, ())) for i, other in enumerate(self.scenes) if other.call.site == scene.call.site)

    def _divided(self, variable: rec.Variable) -> tuple[list[Write], list[Write]]:
        """Assignments before its gradient was first asked for (before any was, if its own never is), and what wrote to it after that."""
        began = self._asked.get(variable.key, min(self._asked.values(), default=len(self.recording.ops)))
        before: list[Write] = []
        after: list[Write] = []
        for write in self.writes.to(variable.key):
            early = write.op < began and write.by == "assign" and self.recording.ops.graph[write.op] == rec.EAGER
            (before if early else after).append(write)
        return before, after

    @staticmethod
    def _telling(writes: list[Write]) -> Write | None:
        """An optimizer says more than an assignment."""
        return next((w for w in writes if w.by != "assign"), writes[0] if writes else None)

    def _listen(self) -> None:
        """What each gradient call said about its sources."""
        for number, scene in enumerate(self.scenes):
            call = scene.call
            if call.api == rec.PY_FUNCTION:
                continue
            for index, source in enumerate(call.sources):
                if source.key not in self.recording.variables or source.key is None:
                    continue
                if source.key not in self._asked:
                    self._asked[source.key], self._names[source.key] = call.clock, scene.name(index)
                if call.missing is not None:
                    stats = [s.gradients[index] for s in self._measured.get(number, []) if index < len(s.gradients)]
                    self._states.setdefault(source.key, set()).update(_states(call.missing[index], stats))


def _states(missing: bool, measured: list[Stats | None]) -> set[GradientStatus]:
    if missing:
        return {"none"}
    return {"non-finite" if s.bad else "zero" if s.is_zero else "ok" for s in measured if s is not None} or {"ok"}
