"""One gradient call with everything around it that classification asks for: trace, tape, ways, source text, names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from whygrad import recording as rec
from whygrad.analyse import places
from whygrad.analyse.first_values import FirstValues
from whygrad.analyse.gradient import Judge, Reach
from whygrad.analyse.nodes import Node
from whygrad.analyse.path import Search
from whygrad.analyse.trace import Trace
from whygrad.analyse.ways import Ways
from whygrad.model import Location, VariableInfo
from whygrad.source.flow import Program

ASSIGNED = re.compile(r"^\s*([A-Za-z_][\w.\[\]'\"]*)\s*(?::[^=]+)?=(?!=)")
DOTTED = re.compile(r"^[A-Za-z_][\w.]*$")
ELEMENT = re.compile(r"^[A-Za-z_][\w.\[\]'\"]*$")
GENERIC = re.compile(r"^(Variable|tensor|None)?(_\d+)?$")


class Earlier(Sequence[rec.GradientCall]):
    """The first `count` of the calls at one place; all scenes of the place share the list."""

    def __init__(self, calls: list[rec.GradientCall], count: int) -> None:
        self._calls = calls
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, where: int) -> rec.GradientCall: ...
    @overload
    def __getitem__(self, where: slice) -> Sequence[rec.GradientCall]: ...
    def __getitem__(self, where: int | slice) -> rec.GradientCall | Sequence[rec.GradientCall]:
        if isinstance(where, slice):
            return self._calls[: self._count][where]
        return self._calls[range(self._count)[where]]


@dataclass
class Scene:
    """Built once for each failing gradient call."""

    trace: Trace
    call: rec.GradientCall
    program: Program
    earlier: Sequence[rec.GradientCall] = ()  # earlier calls at the same place

    @property
    def recording(self) -> rec.Recording:
        return self.trace.recording

    @cached_property
    def first_values(self) -> FirstValues:
        return FirstValues(self.recording, self.program)

    @cached_property
    def judge(self) -> Judge:
        return Judge(self.trace, self.call)

    @cached_property
    def reach(self) -> Reach:
        return self.judge.reach()

    @cached_property
    def predicted(self) -> tuple[bool, ...]:
        return self.judge.predict(self.reach)

    def forget(self) -> None:
        """Give back what only the prediction needed; it would be made anew."""
        for name in ("judge", "reach"):
            self.__dict__.pop(name, None)

    @cached_property
    def search(self) -> Search:
        return Search(self.judge)

    @cached_property
    def ways(self) -> Ways:
        return self.search.run()

    @property
    def tape(self) -> rec.Tape | None:
        return None if self.call.tape is None else self.recording.tapes[self.call.tape]

    @property
    def began(self) -> int:
        """Clock at which the tape began (the graph, for `tf.gradients`)."""
        return self.tape.entered if self.tape else self.recording.graphs[self.call.graph].started

    @cached_property
    def tape_location(self) -> Location | None:
        return self.recording.location(self.tape.site) if self.tape else None

    @cached_property
    def location(self) -> Location | None:
        """The user's expression that asked for gradients (`m.fit(...)` when Keras asked)."""
        return self.recording.location(self.call.site)

    @cached_property
    def asked_by_user(self) -> bool:
        """Was the gradient call written by the user, not done by Keras or an optimizer inside?"""
        name = self.call.api.rsplit(".", 1)[-1]
        return self.location is not None and f"{name}(" in self.location.text

    @cached_property
    def arguments(self) -> tuple[Location | None, Location | None]:
        """Where target and sources stand in the user's call; (None, None) when Keras asked."""
        info = self.program.call_at(self.location) if self.location and self.asked_by_user else None
        if info is None:
            return None, None
        given = info.keywords
        target = info.args[0] if info.args else next((given[k] for k in ("target", "ys", "loss") if k in given), None)
        sources = next((given[k] for k in ("sources", "xs", "var_list") if k in given), None)
        if sources is None and len(info.args) > 1 and (self.call.sources or not self.call.error):  # else it may be `minimize(loss, global_step)`
            sources = info.args[1]
        return target, sources

    @property
    def target_text(self) -> str:
        target = self.arguments[0]
        return " ".join(target.text.split()) if target else "the loss"

    # -- names ------------------------------------------------------------------------------------------------------

    def name(self, index: int) -> str:
        """What the user calls source number `index`."""
        source = self.call.sources[index]
        written = self._written(index)
        if written and not written.startswith("*"):
            return written
        known = source.name or ""
        if known.startswith("["):
            where = self.arguments[1]
            return f"{where.text}{known}" if where and DOTTED.match(where.text) else f"source {index + 1}"
        where = self.arguments[1]
        if known and where and DOTTED.match(where.text) and sum(s.name == source.name for s in self.call.sources) > 1:
            return f"{where.text}[{index}]"  # modules of the same class give their variables the same name
        if GENERIC.match(known.rsplit("/", 1)[-1]):
            return self._assigned_name(source) or known or f"source {index + 1}"
        return known

    def _written(self, index: int) -> str | None:
        """The element of a literal list of sources, or a single source."""
        where = self.arguments[1]
        if where is None:
            return None
        text = " ".join(where.text.split())
        if DOTTED.match(text):
            text = self._listed(where, text)
        if len(self.call.sources) == 1 and not text.startswith(("[", "(")):
            return None if "variables" in text or "weights" in text else text
        inner = text[1:-1].strip().rstrip(",") if text[:1] in "[(" else ""
        parts = split_arguments(inner)
        return parts[index] if len(parts) == len(self.call.sources) and not inner.startswith("*") and " for " not in inner else None

    def _listed(self, where: Location, text: str) -> str:
        """The list behind a name: `params = [cell.kernel, bias]`; the name itself where it was given something else."""
        given = self.program.definition(where)
        listed = " ".join(given.text.split()) if given else ""
        elements = split_arguments(listed[1:-1]) if listed[:1] in ("[", "(") else []
        return listed if len(elements) == len(self.call.sources) and all(ELEMENT.match(e) for e in elements) else text

    def _assigned_name(self, source: rec.Source) -> str | None:
        variable = self.recording.variables.get(source.tensor)
        where = self.recording.location(variable.site) if variable else None
        found = ASSIGNED.match(where.source[0]) if where and where.source else None
        return found.group(1) if found else None

    def info(self, index: int) -> VariableInfo:
        source = self.call.sources[index]
        variable = self.recording.variables.get(source.key if source.key is not None else -1)
        where = self.recording.location(variable.site) if variable else self.created(source)
        initial = self.first_values.of(variable).word if variable else {"tensor": "tensor", "array": "array", "number": "number"}.get(source.kind)
        return VariableInfo(self.name(index), source.shape, source.dtype, source.trainable, initial, where)

    def created(self, source: rec.Source) -> Location | None:
        """Where a plain tensor among the sources was made."""
        if source.key is None:
            return None
        return self.made(self.trace.key(source.key))

    def made(self, key: int) -> Location | None:
        """Where a tensor was made: by an op, or by converting a Python value."""
        site = self.made_at(key)
        return self.recording.location(site) if site is not None else None

    def made_at(self, key: int) -> int | None:
        producer = self.trace.producer.get(key)
        if producer is not None:
            return self.recording.ops.site[self.trace.nodes[producer].op]
        event = self.entered.get(key)
        return event.site if event else None

    @cached_property
    def entered(self) -> dict[int, rec.Event]:
        """Tensors made from Python or NumPy values, by key."""
        return {e.key: e for e in self.recording.of("enter")}

    # -- nodes ------------------------------------------------------------------------------------------------------

    def site(self, node: Node) -> int:
        return self.recording.ops.site[node.op]

    def where(self, node: Node) -> Location | None:
        return self.recording.location(self.site(node))

    def beside_tape(self, node: Node) -> Location | None:
        """The expression of a node in the function that opened the tape."""
        other = self.tape.site if self.tape else self.call.site
        return places.beside(self.recording, self.site(node), other)

    def used_from(self, variable: rec.Variable) -> Location | None:
        """The line that creates a variable or, when a function only builds and returns it, the call of that function where it is used."""
        edge = self.ways.onward(self.trace.key(variable.key))
        users = {(f.path, f.function) for f in places.frames(self.recording, self.site(edge.node))} if edge else set()
        chain = places.frames(self.recording, variable.site)[::-1]
        return next((f for f in chain if (f.path, f.function) in users), None)

    def dependents(self, key: int, since: int = 0) -> set[int]:
        """Every tensor that was computed from `key`, gradient or not."""
        found = {key}
        for node in self.trace.nodes[since:]:
            if any(t in found for t in node.inputs):
                found.update(node.outputs)
        found.discard(key)
        return found


def split_arguments(text: str) -> list[str]:
    """Split at commas that stand outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for i, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and not depth:
            parts.append(text[start:i].strip())
            start = i + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts
