"""Trace + tape -> which gradients come back: a model of TensorFlow's tape whose every prediction is compared with the real None mask."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from whygrad import recording as rec
from whygrad.analyse.nodes import Node
from whygrad.analyse.trace import LOOP_IN, LOOP_OUT, MERGE, OPAQUE, Trace

MAX_PASSES = 6  # rounds through a loop until tracked tensors settle


@dataclass(slots=True)
class Reach:
    """What one gradient call could see: `tracked` forwards from what was watched, `reached` backwards from the target.

    `taped`: what the ops gave that were written on the tape, because one of their inputs was tracked when they ran.
    """

    tracked: set[int] = field(default_factory=set)
    taped: set[int] = field(default_factory=set)
    reached: set[int] = field(default_factory=set)


class Judge:
    """Answers for one gradient call: does this node record, does gradient pass from this output to this input."""

    def __init__(self, trace: Trace, call: rec.GradientCall) -> None:
        self.trace = trace
        self.recording = trace.recording
        self.call = call
        self.symbolic = call.tape is None
        self.one_graph = self.symbolic and any(s.kind == "variable" for s in call.sources)
        self.began = 0 if call.tape is None else self.recording.tapes[call.tape].entered
        self.recording_states: dict[int, bool] = {}
        self.carry_cache: dict[tuple[int, int], tuple[bool, ...]] = {}

    def records(self, node: Node) -> bool:
        """Was this op executed while the tape of the call recorded?

        `tf.gradients` sees every op, but looks for a variable's handle in the current graph only: a tensor that was captured
        from a graph around it leads nowhere.
        """
        if self.symbolic:
            return not self.one_graph or self.recording.ops.graph[node.called[0] if node.called else node.op] == self.call.graph
        known = self.recording_states.get(node.state)
        if known is None:
            state = self.recording.states[node.state]
            known = self.recording_states[node.state] = self.call.tape in state and rec.STOPPED not in state
        return known and (node.called[0] if node.called else node.op) >= self.began  # `tape.reset()` forgets what was before

    def carries(self, node: Node) -> tuple[bool, ...]:
        """For each input of the node: would a gradient of the outputs reach it, if it were recorded?"""
        if node.kind in (LOOP_IN, LOOP_OUT, OPAQUE):
            return (True,) * len(node.inputs)
        if node.kind == MERGE:
            return (True,) * (len(node.inputs) - 1) + (False,)
        if node.kind in (rec.IDENTITY, rec.GRADIENT):
            return (True,) * len(node.inputs)
        if node.kind == rec.CUSTOM:
            return self._custom(node)
        signature = self.recording.ops.signature[node.op]
        key = (signature, len(node.inputs))
        known = self.carry_cache.get(key)
        if known is None:
            answer = self.recording.carries(signature, self.shapes(node))
            known = self.carry_cache[key] = answer if answer is not None else (False,) * len(node.inputs)
        return known

    def unregistered(self, node: Node) -> bool:
        """An op whose gradient TensorFlow does not know at all: asking for it raises LookupError."""
        if node.kind in (LOOP_IN, LOOP_OUT, MERGE, OPAQUE, rec.IDENTITY, rec.GRADIENT, rec.CUSTOM):
            return False
        return self.recording.carries(self.recording.ops.signature[node.op], self.shapes(node)) is None

    def shapes(self, node: Node) -> tuple[rec.Shape | None, ...]:
        """Shapes of the inputs, as far as their producers were recorded."""
        metas = (self.meta(t) for t in node.inputs)
        return tuple(None if m is None else m[1] for m in metas)

    def _custom(self, node: Node) -> tuple[bool, ...]:
        custom = self.recording.customs.get(node.op)
        masks = custom.returned if custom else []
        if not masks or len(masks[0]) != len(node.inputs):
            return (True,) * len(node.inputs)
        return tuple(not all(m[i] for m in masks) for i in range(len(node.inputs)))

    # -- the tape ---------------------------------------------------------------------------------------------------

    def reach(self) -> Reach:
        """Run the tape: forwards over the window in which it lived, then backwards from the target."""
        result = Reach()
        first = 0 if self.symbolic else self.trace.position(self.recording.tapes[self.call.tape or 0].entered)
        end = self.trace.position(self.call.clock)
        if not self.symbolic:
            self._forward(result, self.trace.nodes[first:end])
        self._backward(result, first, end)
        return result

    def watched(self) -> list[tuple[int, int]]:
        """(clock, key) of everything that became watched by this tape."""
        tape = self.call.tape
        states = self.recording.states
        listens = tape is not None and self.recording.tapes[tape].watches_variables
        return [
            (w.clock, self.trace.key(w.key))
            for w in self._watches_meanwhile()
            if (w.tape == tape or (listens and w.state is not None and tape in states[w.state] and rec.STOPPED not in states[w.state]))
        ]

    def _watches_meanwhile(self) -> list[rec.Watch]:
        """What became watched between the beginning of the tape and the call."""
        watches = self.recording.watches
        first = bisect_left(watches, self.began, key=lambda w: w.clock)
        last = bisect_right(watches, self.call.clock, key=lambda w: w.clock)
        return watches[first:last]

    def _forward(self, result: Reach, nodes: Sequence[Node]) -> None:
        watched = self.watched()
        for _ in range(MAX_PASSES):
            before = len(result.tracked)
            pending = iter(watched)
            upcoming = next(pending, None)
            for node in nodes:
                clock = node.called[0] if node.called else node.op
                while upcoming is not None and upcoming[0] <= clock:
                    result.tracked.add(upcoming[1])
                    upcoming = next(pending, None)
                if self.records(node) and any(t in result.tracked for t in node.inputs):
                    result.tracked.update(node.outputs)
                    result.taped.update(node.outputs)
            while upcoming is not None:
                result.tracked.add(upcoming[1])
                upcoming = next(pending, None)
            if not self.trace.loops or len(result.tracked) == before:
                break

    def _backward(self, result: Reach, first: int, end: int) -> None:
        nodes = self.trace.nodes
        targets = {self.trace.key(t) for t in self.call.targets}
        result.reached |= targets
        loops = self.trace.loops
        for _ in range(MAX_PASSES):
            before = len(result.reached)
            for index in range(end - 1, first - 1, -1):
                node = nodes[index]
                if not any(o in result.reached and self.trace.producer.get(o) == index for o in node.outputs):
                    continue
                if not self.records(node):
                    continue
                if not self.symbolic and not any(o in result.taped for o in node.outputs):
                    continue
                result.reached.update(t for t, yes in zip(node.inputs, self.carries(node)) if yes)
                if node.kind == LOOP_OUT and node.op in loops:
                    result.reached.update(self._loop_inputs(loops[node.op][0]))
            if not self.trace.loops or len(result.reached) == before:
                break

    def _loop_inputs(self, inputs: Iterable[int]) -> Iterable[int]:
        """TensorFlow's while gradient hands back zeros, not None, for every differentiable input of the loop."""
        for key in inputs:
            producer = self.trace.producer.get(key)
            if key in self.recording.variables or producer is None or self.differentiable(key):
                yield key

    def differentiable(self, key: int) -> bool:
        """Is this tensor of a dtype that TensorFlow differentiates? Unknown tensors count as such."""
        meta = self.meta(key)
        return meta is None or self.recording.is_trainable_dtype(meta[0])

    def meta(self, key: int) -> rec.OutputMeta | None:
        """(dtype, shape) of a tensor, None when its producer was not recorded."""
        producer = self.trace.producer.get(key)
        if producer is None:
            return None
        node = self.trace.nodes[producer]
        if node.kind in (LOOP_IN, LOOP_OUT, MERGE):
            return self.meta(node.inputs[0]) if node.inputs and node.inputs[0] != key else None
        outputs = self.recording.signatures[self.recording.ops.signature[node.op]].outputs
        place = node.outputs.index(key)
        return outputs[place] if place < len(outputs) else None

    def predict(self, reach: Reach) -> tuple[bool, ...]:
        """The None mask this call should give."""
        return tuple(self._missing(s, reach) for s in self.call.sources)

    def _missing(self, source: rec.Source, reach: Reach) -> bool:
        if source.key is None:
            return True
        key = self.trace.key(source.key)
        if key not in reach.reached:
            return True
        if source.key in self.call.targets:
            return False
        return not self.symbolic and key not in reach.tracked
