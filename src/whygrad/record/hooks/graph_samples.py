"""Gradients that are computed inside a graph: before the program runs a traced function, the part that gives its gradients is run for us.

For `fit` the function takes an iterator. Its next batch is taken out, and handed to the function by an iterator of one element: the same
function computes the same numbers from the same batch, and we know the batch (seen on 2.15 to 2.21).
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tensorflow.python.framework import errors
from tensorflow.python.ops import gen_dataset_ops

from whygrad import recording as rec
from whygrad.record.hooks import first_values, replay
from whygrad.record.hooks.eager_samples import is_odd, worth_tracing
from whygrad.record.hooks.handwritten import is_handwritten
from whygrad.record.hooks.patching import unseen
from whygrad.record.measure import glance, stats
from whygrad.record.recorder import Recorder
from whygrad.samples import Sample, is_wrong

LOOKS = 4  # runs of one function that are looked at
LOOKS_IF_BAD = 8
STOPS = frozenset({"While", "StatelessWhile", "IdentityN"})  # IdentityN: the end of a custom gradient


@dataclass
class Plan:
    """How to get at the gradient calls in a function: graphs from the outermost to the one that asks, and how each is called by the one before."""

    graphs: list[weakref.ref[Any]]  # nothing of the program's is kept alive
    entries: list[Sequence[int]]  # ids of the tensors each of the inner graphs is called with
    calls: list[int]
    iterator: str = ""  # name of the IteratorGetNext of the outermost graph
    looks: int = LOOKS
    seen: int = 0


class Looker:
    """Looks into the functions of one Recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.plans: dict[int, Plan | None] = {}

    def before(self, graph: Any, inputs: Sequence[Any]) -> tuple[list[Any], list[Sample]]:
        """The inputs for the real call, and the samples. `inputs` are the tensors for all inputs of `graph`."""
        number = self.recorder.graph_numbers.get(graph)
        plan = self._plan(number, graph) if number is not None else None
        if plan is None or plan.seen >= plan.looks:
            return list(inputs), []
        plan.seen += 1
        feeds = {t.name: value for t, value in zip(graph.inputs, inputs)}
        with unseen(self.recorder):
            inputs, more = _peeled(plan, graph, list(inputs))
            try:
                samples = self._look(plan, {**feeds, **more})
            except (replay.CannotReplay, errors.OpError, TypeError, ValueError, KeyError, NotImplementedError, AttributeError, RuntimeError):
                plan.looks = 0  # this graph cannot be taken apart: its gradients stay unjudged
                return inputs, []
        if any(is_wrong(s.gradients, {}) for s in samples):
            plan.looks = LOOKS_IF_BAD
        return inputs, samples

    def _plan(self, number: int, graph: Any) -> Plan | None:
        if number not in self.plans:
            self.plans[number] = self._make(number, graph)
        return self.plans[number]

    def _make(self, number: int, graph: Any) -> Plan | None:
        r = self.recorder
        asked: dict[int, list[int]] = {}
        for i, call in enumerate(r.calls):
            if call.graph != rec.EAGER and call.target_kind == "tensor" and any(a >= 0 for a in call.answers):
                asked.setdefault(call.graph, []).append(i)
        if not asked:
            return None
        known = {n: g for g, n in r.graph_numbers.items()}
        ops = rec.Ops.of(r.ops)
        queue: list[tuple[int, list[rec.Call]]] = [(number, [])]
        for current, way in queue:
            if current in asked:
                graphs = [graph, *(known[c.graphs[0]] for c in way)]
                return Plan([weakref.ref(g) for g in graphs], [ops.ins(c.op) for c in way], asked[current], _iterator(graph))
            callees = [c for c in r.runs.values() if c.kind == "function" and ops.graph[c.op] == current and c.graphs[0] in known]
            queue += [(c.graphs[0], [*way, c]) for c in callees if len(way) < 4]
        return None

    def _look(self, plan: Plan, feeds: dict[str, Any]) -> list[Sample]:
        """Go down to the graph that asks for gradients, with the values each function is called with; then its gradients."""
        around: dict[int, Any] = {}  # what graphs further out handed in, by the id it has there
        graphs: list[Any] = [known() for known in plan.graphs]
        for graph, given, callee in zip(graphs, plan.entries, graphs[1:]):
            names = names_of(graph)
            around |= {outside._id: feeds[inside.name] for outside, inside in graph.captures if inside.name in feeds}
            wanted = [i for i in given if i not in around]
            around |= zip(wanted, replay.run(graph.as_graph_def(), [names[i] for i in wanted], feeds), strict=True)
            feeds = {t.name: around[i] for t, i in zip(callee.inputs, given, strict=True)}
        return look(self.recorder, graphs[-1], plan.calls, feeds)


def look(r: Recorder, graph: Any, calls: list[int], feeds: dict[str, Any]) -> list[Sample]:
    """The answers of gradient calls in one graph; where something is wrong, every tensor between."""
    definition, names, samples = graph.as_graph_def(), names_of(graph), []
    wanted = sorted({a for i in calls for a in r.calls[i].answers if a >= 0})
    found = dict(zip(wanted, replay.arrays(replay.run(definition, [names[a] for a in wanted], feeds)), strict=True))
    for i in calls:
        call = r.calls[i]
        arrays = [found.get(a) for a in call.answers]
        sample = Sample(i, tuple(None if a is None else glance(a) for a in arrays), alike=first_values.compared(r, call, arrays))
        if is_odd(r, call.site, sample) and worth_tracing(r, call.site):
            _trace_back(sample, definition, graph, names, call, feeds)
        samples.append(sample)
    return samples


def _trace_back(sample: Sample, definition: Any, graph: Any, names: dict[int, str], call: rec.GradientCall, feeds: dict[str, Any]) -> None:
    targets = [names[t] for t in call.targets]

    def measured(between: list[Any]) -> list[Any]:
        wanted = [*targets, *(t.name for t in between)]
        return replay.arrays(replay.run(definition, wanted, feeds, lambda tensors: replay.differentiated(tensors, len(targets))))

    everything = _ancestors(graph, set(targets))
    handwritten = [op for op in {t.op for t in everything} if is_handwritten(op)]
    between = _apart_from(everything, handwritten)
    try:
        found = measured(between)
    except (ValueError, TypeError, AttributeError, LookupError, errors.OpError):
        # A loop that was prepared for one gradient takes no second one; TensorFlow's own custom gradients use tensors of the graph that was copied.
        between = _apart_from(_ancestors(graph, set(targets), STOPS), handwritten)
        found = measured(between)
    for tensor, value, gradient in zip(between, found[: len(between)], found[len(between) :], strict=True):
        sample.values[tensor._id] = stats(value)
        if gradient.size or not value.size:
            sample.cotangents[tensor._id] = stats(gradient)


def _apart_from(tensors: list[Any], ops: list[Any]) -> list[Any]:
    """The tensors that none of the operations is computed from."""
    behind = _upstream([t for op in ops for t in op.inputs])
    return [t for t in tensors if t.name not in behind]


def _ancestors(graph: Any, targets: set[str], stop: frozenset[str] = frozenset()) -> list[Any]:
    """Every floating-point tensor that the targets are computed from, and they themselves; nothing from before operations of the types `stop`."""
    found = _upstream([t for op in graph.get_operations() for t in op.outputs if t.name in targets], stop)
    return [t for t in found.values() if t.dtype.is_floating]


def _upstream(tensors: list[Any], stop: frozenset[str] = frozenset()) -> dict[str, Any]:
    """By name: the tensors and all that they are computed from; nothing from before operations of the types `stop`."""
    found, queue = {t.name: t for t in tensors}, tensors
    while queue:
        op = queue.pop().op
        for t in op.inputs if op.type not in stop else ():
            if t.name not in found:
                found[t.name] = t
                queue.append(t)
    return found


def names_of(graph: Any) -> dict[int, str]:
    return {t._id: t.name for op in graph.get_operations() for t in op.outputs}


def _iterator(graph: Any) -> str:
    """The one operation by which the graph takes a batch out of an iterator that it was given."""
    found = [op for op in graph.get_operations() if op.type == "IteratorGetNext"]
    given = {t.name for t in graph.inputs}
    return str(found[0].name) if len(found) == 1 and found[0].inputs[0].name in given else ""


def _peeled(plan: Plan, graph: Any, inputs: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Take the next batch out; in the place of the iterator the function gets one that gives this batch."""
    if not plan.iterator:
        return inputs, {}
    op = graph.get_operation_by_name(plan.iterator)
    place = [t.name for t in graph.inputs].index(op.inputs[0].name)
    types, shapes = op.get_attr("output_types"), [t.shape for t in op.outputs]
    try:
        batch = gen_dataset_ops.iterator_get_next(inputs[place], output_types=types, output_shapes=shapes)
    except errors.OutOfRangeError:
        return inputs, {}  # the real call will find the same end
    one = gen_dataset_ops.tensor_dataset(batch, [t.shape for t in batch])
    iterator = gen_dataset_ops.anonymous_iterator_v3(output_types=types, output_shapes=shapes)
    gen_dataset_ops.make_iterator(one, iterator)
    return [*inputs[:place], iterator, *inputs[place + 1 :]], {t.name: value for t, value in zip(op.outputs, batch)}
