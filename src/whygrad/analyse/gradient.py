"""Trace + tape -> which gradients come back: a model of TensorFlow's tape whose every prediction is compared with the real None mask."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
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

    def records(self, node: Node) -> bool:
        """Was this op executed while the tape of the call recorded?"""
        return self.records_at(node.clock, node.state)

    def records_at(self, clock: int, state: int) -> bool:
        """The same of an op, or of the outermost call around it, that ran at this clock and in this state.

        `tf.gradients` sees every op, but looks for a variable's handle in the current graph only: a tensor that was captured
        from a graph around it leads nowhere.
        """
        if self.symbolic:
            return not self.one_graph or self.recording.ops.graph[clock] == self.call.graph
        known = self.recording_states.get(state)
        if known is None:
            tapes = self.recording.states[state]
            known = self.recording_states[state] = self.call.tape in tapes and rec.STOPPED not in tapes
        return known and clock >= self.began  # `tape.reset()` forgets what was before

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
        known = self.trace.carries.get(key)
        if known is None:
            answer = self.recording.carries(signature, self.shapes(node))
            known = self.trace.carries[key] = answer if answer is not None else (False,) * len(node.inputs)
        return known

    def carries_at(self, index: int, inputs: int) -> tuple[bool, ...]:
        """The same of the node at `index`, which has so many inputs."""
        known = self.trace.carries.get((self.trace.nodes.signature(index), inputs))
        return self.carries(self.trace.nodes[index]) if known is None else known

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
        own = len(self.recording.ops.ins(node.op))
        beside = (False,) * (len(node.inputs) - own)  # what the function took besides its arguments: TensorFlow asks it for no gradient of that
        if not masks or len(masks[0]) != own:
            return (True,) * own + beside
        return tuple(not all(m[i] for m in masks) for i in range(own)) + beside

    # -- the tape ---------------------------------------------------------------------------------------------------

    def reach(self) -> Reach:
        """Run the tape: forwards over the window in which it lived, then backwards from the target."""
        result = Reach()
        first = 0 if self.symbolic else self.trace.position(self.recording.tapes[self.call.tape or 0].entered)
        end = self.trace.position(self.call.clock)
        if not self.symbolic:
            self._forward(result, range(first, end))
        self._backward(result, range(first, end))
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

    def _forward(self, result: Reach, where: range) -> None:
        watched, tracked = self.watched(), result.tracked
        for _ in range(MAX_PASSES):
            before = len(tracked)
            pending = iter(watched)
            upcoming = next(pending, None)
            for _, clock, state, inputs, outputs in self.trace.nodes.walk(where):
                while upcoming is not None and upcoming[0] <= clock:
                    tracked.add(upcoming[1])
                    upcoming = next(pending, None)
                if not tracked.isdisjoint(inputs) and self.records_at(clock, state):
                    tracked.update(outputs)
                    result.taped.update(outputs)
            while upcoming is not None:
                tracked.add(upcoming[1])
                upcoming = next(pending, None)
            if not self.trace.loops or len(tracked) == before:
                break

    def _backward(self, result: Reach, where: range) -> None:
        result.reached |= {self.trace.key(t) for t in self.call.targets}
        reached, loops, producer = result.reached, self.trace.loops, self.trace.producer
        for _ in range(MAX_PASSES):
            before = len(reached)
            for index, clock, state, inputs, outputs in self.trace.nodes.walk(where[::-1]):
                if reached.isdisjoint(outputs) or not any(o in reached and producer.get(o) == index for o in outputs):
                    continue
                if not self.records_at(clock, state) or (not self.symbolic and result.taped.isdisjoint(outputs)):
                    continue
                reached.update(t for t, yes in zip(inputs, self.carries_at(index, len(inputs))) if yes)
                if loops and self.trace.nodes[index].kind == LOOP_OUT and self.trace.nodes[index].op in loops:
                    reached.update(self._loop_inputs(loops[self.trace.nodes[index].op][0]))
            if not loops or len(reached) == before:
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
