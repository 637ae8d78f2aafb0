"""Recording -> Trace: the ops that one place could see, in order, with function calls, branches and loops opened up.

A tensor inside an opened function is known by its id plus the number of the opening: the same graph called twice gives two sets of tensors.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import merge

from whygrad import recording as rec
from whygrad.analyse.nodes import INNER, Node, Nodes, TensorMap

LOOP_IN, LOOP_OUT, MERGE = "LoopIn", "LoopOut", "Merge"
OPAQUE = "OpaqueCall"  # a function whose graph was not built under our eyes (loaded from a SavedModel)
MAX_NODES = 4_000_000


@dataclass(slots=True)
class Trace:
    """Nodes in order of execution and who produced which tensor."""

    recording: rec.Recording
    nodes: Nodes = field(init=False)
    alias: dict[int, int] = field(default_factory=dict)
    producer: TensorMap = field(default_factory=lambda: TensorMap("i"))  # the index of the node that made it, if that was recorded
    loops: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)  # op -> keys of the loop's inputs and outputs
    openings: int = 0
    carries: dict[tuple[int, int], tuple[bool, ...]] = field(default_factory=dict)  # (signature, number of inputs) -> what Judge found out

    def __post_init__(self) -> None:
        self.nodes = Nodes(self.recording)

    def key(self, tensor: int) -> int:
        """Follow aliases (captures, arguments, results of calls) to the tensor itself."""
        seen = 0
        while tensor in self.alias and seen < 10_000:
            tensor = self.alias[tensor]
            seen += 1
        return tensor

    def position(self, clock: int) -> int:
        """The first node that ran at or after `clock`."""
        low, high = 0, len(self.nodes)
        while low < high:
            middle = (low + high) // 2
            if self.nodes.clock(middle) < clock:
                low = middle + 1
            else:
                high = middle
        return low


class Opener:
    """Builds Traces; knows which ops each graph has."""

    def __init__(self, recording: rec.Recording) -> None:
        self.recording = recording
        self.by_graph: dict[int, array[int]] = {}
        self.built: dict[int, bool] = {}
        for op, graph in enumerate(recording.ops.graph):
            if graph not in self.by_graph:
                self.by_graph[graph] = array("i")
            self.by_graph[graph].append(op)

    def chain(self, graph: int) -> list[int]:
        """The graph and those around it, outermost (eager) first."""
        found = [graph]
        while found[-1] > rec.EAGER and self.recording.graphs[found[-1]].outer not in found and self.recording.graphs[found[-1]].is_function:
            found.append(self.recording.graphs[found[-1]].outer)
        return found[::-1]

    def open(self, graph: int, until: int) -> Trace:
        """All that ran before `until` in `graph` and the graphs around it."""
        trace = Trace(self.recording)
        chain = self.chain(graph)
        for g in chain:
            self._enter_scope(trace, g)
        runs = self.recording.runs
        for op in merge(*(self.by_graph[g] for g in chain if g in self.by_graph)):
            if op >= until:
                break
            if op in runs or op in self.recording.customs or not self._add_plain(trace, op):
                self._add(trace, op, 0, None, ())
        return trace

    def _add_plain(self, trace: Trace, op: int) -> bool:
        """Add an op that calls nothing and takes no tensor that stands for another one: by far the most are like that."""
        ops, index = self.recording.ops, len(trace.nodes)
        first = ops.start[op]
        middle = first + ops.inputs[op]
        if index >= MAX_NODES or (trace.alias and not trace.alias.keys().isdisjoint(ops.tensors[first:middle])):
            return False
        for output in ops.tensors[middle : ops.start[op + 1]]:
            trace.producer[output] = index
        trace.nodes.append_plain(op)
        return True

    def _enter_scope(self, trace: Trace, graph: int) -> None:
        g = self.recording.graphs[graph]
        for outside, inside in g.captures:
            if outside != inside:
                trace.alias[inside] = outside
        captured = {inside for _, inside in g.captures}
        own = [t for t in g.inputs if t not in captured]
        if len(own) == len(g.arguments):
            trace.alias.update((i, a) for i, a in zip(own, g.arguments) if i != a)

    def _add(self, trace: Trace, op: int, opening: int, state: int | None, called: tuple[int, ...]) -> None:
        if len(trace.nodes) >= MAX_NODES:
            return
        ops = self.recording.ops
        shift = opening * INNER
        own_state = ops.state[op] if state is None else state
        inputs = tuple(self._inner(trace, t, shift) for t in ops.ins(op))
        outputs = tuple(t + shift for t in ops.outs(op))
        call = self.recording.runs.get(op)
        if call is not None and len(called) < 40:
            around = call.state if state is None else state
            if not all(map(self._was_built, call.graphs)):
                self._append(trace, Node(op, OPAQUE, inputs, outputs, around, called))
                return
            getattr(self, f"_open_{call.kind}")(trace, call, inputs, outputs, around, (*called, op))
            return
        if op in self.recording.customs:
            inputs += self._computed_with(trace, outputs, inputs)
        self._append(trace, Node(op, self.recording.kind(op), inputs, outputs, own_state, called))

    def _computed_with(self, trace: Trace, outputs: tuple[int, ...], known: tuple[int, ...]) -> tuple[int, ...]:
        """What a function with a gradient of its own computed its results from: it may have taken more than its arguments."""
        before = (trace.producer.get(output) for output in outputs)
        found = dict.fromkeys(t for i in before if i is not None for t in trace.nodes.inputs(i))
        return tuple(t for t in found if t not in known)

    def _was_built(self, graph: int) -> bool:
        """Were the ops of this graph recorded? Those of a function loaded from a SavedModel were not."""
        known = self.built.get(graph)
        if known is None:
            g = self.recording.graphs[graph]
            made = {t for op in self.by_graph.get(graph, ()) for t in self.recording.ops.outs(op)}
            known = self.built[graph] = all(t in made or t in g.inputs for t in g.outputs)
        return known

    def _inner(self, trace: Trace, tensor: int, shift: int) -> int:
        """The key of an input inside an opening. A hand-recorded op may name a tensor from outside without capturing it."""
        inner = tensor + shift
        outside = (
            shift and inner not in trace.alias and inner not in trace.producer and (tensor in trace.producer or tensor in self.recording.variables)
        )
        return trace.key(tensor if outside else inner)

    def _append(self, trace: Trace, node: Node) -> None:
        for output in node.outputs:
            trace.producer[output] = len(trace.nodes)
        trace.nodes.append(node)

    def _body(self, trace: Trace, graph: int, inputs: Sequence[int], state: int, called: tuple[int, ...]) -> tuple[int, ...]:
        """Open one graph on `inputs`; returns the keys of its outputs."""
        g = self.recording.graphs[graph]
        trace.openings += 1
        opening = trace.openings
        shift = opening * INNER
        for inside, outside in zip(g.inputs, inputs):
            trace.alias[inside + shift] = outside
        for op in self.by_graph.get(graph, ()):
            self._add(trace, op, opening, state, called)
        return tuple(trace.key(t + shift) for t in g.outputs)

    def _open_function(
        self, trace: Trace, call: rec.Call, inputs: tuple[int, ...], outputs: tuple[int, ...], state: int, called: tuple[int, ...]
    ) -> None:
        results = self._body(trace, call.graphs[0], inputs, state, called)
        for outside, inside in zip(outputs, results):
            trace.alias[outside] = inside

    def _open_if(self, trace: Trace, call: rec.Call, inputs: tuple[int, ...], outputs: tuple[int, ...], state: int, called: tuple[int, ...]) -> None:
        branches = [self._body(trace, g, inputs[1:], state, called) for g in call.graphs]
        for output, results in zip(outputs, zip(*branches)):
            self._append(trace, Node(call.op, MERGE, (*results, inputs[0]), (output,), state, called[:-1]))

    def _open_while(
        self, trace: Trace, call: rec.Call, inputs: tuple[int, ...], outputs: tuple[int, ...], state: int, called: tuple[int, ...]
    ) -> None:
        trace.openings += 1
        shift = trace.openings * INNER
        entries = tuple(-(t + shift) for t in range(1, len(inputs) + 1))
        first = len(trace.nodes)
        for entry, value in zip(entries, inputs):
            self._append(trace, Node(call.op, LOOP_IN, (value,), (entry,), state, called[:-1]))
        results = self._body(trace, call.graphs[0], entries, state, called)
        invariant = {i for i, (r, e) in enumerate(zip(results, entries)) if r == e} | set(range(len(results), len(entries)))
        for i, entry in enumerate(entries):
            if i in invariant:
                trace.alias[entry] = inputs[i]
            elif i < len(results):
                trace.nodes[first + i].inputs = (inputs[i], results[i])
        for output, result, value in zip(outputs, results, inputs):
            self._append(trace, Node(call.op, LOOP_OUT, (result, value), (output,), state, called[:-1]))
        trace.loops[call.op] = (inputs, outputs)
        self._settle_invariants(trace, first)

    def _settle_invariants(self, trace: Trace, first: int) -> None:
        for node in trace.nodes[first:]:
            node.inputs = tuple(trace.key(t) for t in node.inputs)
