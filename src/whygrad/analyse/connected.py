"""A source from which a way leads to the target: the broken edges on it -> the cause."""

from __future__ import annotations

from itertools import pairwise

from whygrad import recording as rec
from whygrad.analyse import asked, places
from whygrad.analyse.findings import Finding
from whygrad.analyse.path import BARRIERS, READS
from whygrad.analyse.scene import Scene
from whygrad.analyse.ways import Edge
from whygrad.catalogue.kinds import CONVERSIONS, SHAPE_OPS
from whygrad.evidence import quote
from whygrad.model import Location, Related

UNRECORDED = {"outside": "outside-tape", "stopped": "recording-stopped", "other-tape": "wrong-tape"}


def classify(scene: Scene, index: int, edges: list[Edge]) -> Finding:
    """The cause, from the first broken edge after the source; the other broken edges are related places."""
    broken = [e for e in edges if e.broken]
    by_hand = next((e for e in edges if e.node.kind == rec.CUSTOM), None) if scene.tape is None and not broken else None
    if by_hand is not None:  # in a graph nobody saw what the function returned
        finding = _custom(scene, index, edges, by_hand)
        finding.edges, finding.proven = edges, False
        return finding
    if not broken:
        return unwatched(scene, index, edges)
    first = broken[0]
    make = {
        "outside": _unrecorded,
        "stopped": _unrecorded,
        "other-tape": _unrecorded,
        "state": _state,
        "discarded": _discarded,
        "custom": _custom,
        "python": _python,
        "index": _index,
        "op": _op,
    }[first.broken or "op"]
    finding = make(scene, index, edges, first)
    finding.edges = edges
    finding.related += further_cuts(scene, finding, broken)
    return finding


def further_cuts(scene: Scene, finding: Finding, broken: list[Edge]) -> list[Related]:
    """Other broken edges on the same way, each place once."""
    seen = {(finding.location.path, finding.location.line)} if finding.location else set()
    found = []
    for before, edge in pairwise(broken):
        where = scene.where(edge.node)
        consequence = edge.broken == "index" and edge.start == before.end  # what the first cut gave cannot carry gradient in the next op either
        if where is None or consequence or edge.broken in UNRECORDED or (where.path, where.line) in seen:
            continue
        seen.add((where.path, where.line))
        found.append(Related(f"a second cut on the same path: {quote(where.text)}", where))
    return found[:3]


def unwatched(scene: Scene, index: int, edges: list[Edge]) -> Finding:
    """Every op on the way carries gradient: then the source itself was not followed."""
    source = scene.call.sources[index]
    tape = scene.tape
    if source.kind == "variable" and source.trainable is False:
        return asked.not_trainable(scene, index, edges)
    if source.kind == "variable" and tape is not None and not tape.watches_variables:
        facts = {"how": "switched off"}
        return Finding("not-watched", scene.tape_location, edges, facts=facts)
    late = next((w for w in scene.recording.watches if w.tape == scene.call.tape and scene.trace.key(w.key) == scene.trace.key(source.tensor)), None)
    if late is not None:
        where = scene.recording.location(late.site)
        return Finding("not-watched", where or scene.location, edges, facts={"how": "too late"})
    if source.kind == "variable":
        return Finding("not-watched", scene.location, edges, facts={"how": "unknown"}, proven=False)
    return plain_tensor(scene, index, edges)


def plain_tensor(scene: Scene, index: int, edges: list[Edge]) -> Finding:
    """A tensor among the sources that nobody watched: a parameter that should be a variable, or an input that wants `watch`."""
    created = scene.created(scene.call.sources[index])
    related = [Related(f"{quote(scene.name(index))} is made here, as a plain tensor", created)] if created else []
    if is_parameter(scene, index):
        return Finding("not-a-variable", created or scene.location, edges, facts={"what": "a plain tensor"})
    where = scene.arguments[1] or scene.location
    dependents = scene.dependents(scene.trace.key(scene.call.sources[index].tensor))
    watches = (w for w in scene.recording.watches if scene.tape is not None and w.tape == scene.call.tape)
    copy = next((w for w in watches if scene.trace.key(w.key) in dependents and scene.recording.location(w.site)), None)
    if copy is not None:
        return Finding("not-watched", scene.recording.location(copy.site), edges, related, facts={"how": "copy"})
    return Finding("not-watched", where, edges, related, facts={"how": "tensor"})


def is_parameter(scene: Scene, index: int) -> bool:
    """Is this tensor meant to be trained? Variables beside it in the list, an optimizer or a step `w = w - ...` after the call say so."""
    if any(s.kind == "variable" for s in scene.call.sources):
        return True
    key = scene.trace.key(scene.call.sources[index].tensor)
    made = scene.made_at(key)
    producer = scene.trace.producer.get(key)
    before = producer is None or scene.trace.nodes[producer].op < scene.began
    applied = any(e.clock >= scene.call.clock for e in scene.recording.of("applied"))
    return before and made is not None and (applied or _is_stepped(scene, index)) and not _variables_used(scene)


def _is_stepped(scene: Scene, index: int) -> bool:
    """Does the program assign a new value computed from the old one after asking for the gradient?"""
    name, where, listed = scene.name(index), scene.location, scene.arguments[1]
    if where is None:
        return False
    if not name.isidentifier():  # `params["w"]`: kept in something
        return listed is not None and scene.program.steps(where, listed)
    return any(name in value.text and ("-" in value.text or "assign_sub" in value.text) for value in scene.program.assignments_after(where, name))


def _variables_used(scene: Scene) -> bool:
    """Did the tape see any trainable variable? Then those are the parameters."""
    return any(scene.call.tape in scene.recording.states[w.state] for w in scene.recording.watches if w.state is not None)


# -- the kinds of broken edges -------------------------------------------------------------------------------------------


def _unrecorded(scene: Scene, index: int, edges: list[Edge], first: Edge) -> Finding:
    cause = "outside-tape" if _too_late(scene, edges, first) else UNRECORDED[first.broken or "outside"]
    when = "before" if first.node.op < scene.began else "after"
    facts = {"when": when}
    where = scene.beside_tape(first.node)
    if cause == "wrong-tape" and scene.call.tape in scene.recording.states[first.node.state]:
        return Finding("outside-tape", scene.where(first.node), facts={**facts, "how": "reset"})
    if cause == "wrong-tape" and _earlier_turn(scene, first):
        return Finding("outside-tape", scene.where(first.node), facts={**facts, "how": "earlier tape"}, related=_computed(scene, first)[1:])
    if cause == "wrong-tape":
        return Finding(cause, scene.location, facts=facts, related=_computed(scene, first))
    if cause == "recording-stopped":
        return _copied(scene, edges, first) or _stopped(scene, first)
    last = [e for e in edges if e.broken == first.broken][-1]
    stored = next((e for e in edges if e.broken == "state"), None)
    if stored is not None:
        facts["copied"] = quote((scene.where(stored.node) or Location("", 0, 0, 0, 0)).text)
    related = [] if scene.where(last.node) == where else [Related("the last op outside the tape", scene.where(last.node))]
    return Finding(cause, where, facts=facts, related=related)


def _too_late(scene: Scene, edges: list[Edge], first: Edge) -> bool:
    """Did the block end with what came before recorded, and this was computed after it, under another tape around both?"""
    left = scene.tape.left if scene.tape else None
    recorded = any(scene.judge.records(e.node) and e.node.kind not in READS for e in edges[: edges.index(first)])
    return first.broken == "other-tape" and left is not None and first.node.op >= left and recorded


def _earlier_turn(scene: Scene, first: Edge) -> bool:
    """Was this computed under the tape of an earlier turn of the same loop, while the tape that is asked did record the target?"""
    other = next((t for t in scene.recording.states[first.node.state] if t >= 0), None)
    if scene.tape is None or other is None or scene.recording.tapes[other].site != scene.tape.site or first.node.op >= scene.began:
        return False
    producers = [scene.trace.producer.get(scene.trace.key(t)) for t in scene.call.targets]
    return any(p is not None and scene.judge.records(scene.trace.nodes[p]) for p in producers)


def _copied(scene: Scene, edges: list[Edge], first: Edge) -> Finding | None:
    """`tf.Variable(w)` under the tape: TensorFlow takes the first value of a variable without recording it."""
    made = next((scene.recording.variables.get(e.node.inputs[0]) for e in edges if e.broken == "state" and e.node.inputs), None)
    if made is None or made.clock < scene.began or made.site != scene.site(first.node):
        return None
    return Finding("variable-recreated", scene.where(first.node), facts={"how": "copied"})


def _stopped(scene: Scene, first: Edge) -> Finding:
    pause = next((site for a, b, site in scene.tape.pauses if a <= first.node.op < b), -1) if scene.tape else -1
    where = places.beside(scene.recording, scene.site(first.node), pause) if pause >= 0 else scene.where(first.node)
    stop = scene.recording.location(pause)
    related = [Related("recording stops here", stop)] if stop is not None else []
    return Finding("recording-stopped", where, related=related)


def _computed(scene: Scene, first: Edge) -> list[Related]:
    state = scene.recording.states[first.node.state]
    other = next((t for t in state if t >= 0), None)
    where = scene.recording.location(scene.recording.tapes[other].site) if other is not None else None
    found = [Related("computed here", scene.where(first.node))]
    return found + ([Related("under this other tape", where)] if where else [])


def _state(scene: Scene, index: int, edges: list[Edge], first: Edge) -> Finding:
    how = "captured" if first.start in scene.recording.variables else "put in"
    related = _other_stops(scene, index, scene.where(first.node)) if scene.judge.records(first.node) else []
    return Finding("state-round-trip", scene.where(first.node), related=related, facts={"op": first.node.kind, "how": how})


def _discarded(scene: Scene, index: int, edges: list[Edge], first: Edge) -> Finding:
    """Only shape or dtype goes on. Straight from the variable: the variable itself takes no part. Inside a derivative: what was derived is linear."""
    if rec.BACKWARD in scene.recording.states[first.node.state]:
        return Finding("constant-loss", scene.where(first.node), facts={"how": "linear"})
    computed = [e for e in edges[: edges.index(first)] if e.node.kind not in READS]
    cause = "value-discarded" if computed else "unused-variable"
    return Finding(cause, scene.where(first.node), facts={"op": first.node.kind, "how": "shape"})


def _custom(scene: Scene, index: int, edges: list[Edge], first: Edge) -> Finding:
    custom = scene.recording.customs.get(first.node.op)
    where = scene.where(first.node)
    arguments = {scene.trace.key(t) for t in scene.recording.ops.ins(first.node.op)}
    if custom is not None and first.start not in arguments and not any(e.node is first.node for e in edges[: edges.index(first)]):
        return _taken_besides(scene, custom, edges, first)
    definition = custom.definition if custom else None
    facts = {"function": custom.name if custom else ""}
    if definition is not None:
        returned = scene.program.returns(definition)
        lost = scene.program.unreturned(definition)
        definition = lost or next((r for r in returned if "None" in r.text), returned[-1] if returned else definition)
        facts["how"] = "unreturned" if lost is not None else "returned"
    related = [Related("used here", where)] if where and definition else []
    return Finding("custom-gradient", definition or where, related=related, facts=facts)


def _taken_besides(scene: Scene, custom: rec.Custom, edges: list[Edge], first: Edge) -> Finding:
    """The function uses a tensor from around it, which is none of its arguments."""
    made = scene.made(first.start)
    where = made if made is not None and made.source else scene.where(first.node)
    written = custom.definition
    related = [Related("its gradient is written here, for its arguments only", written)] if written is not None else []
    used = scene.where(first.node)
    related += [Related("used here", used)] if used is not None and used != where else []
    return Finding("custom-gradient", where, related=related, facts={"how": "captured", "function": custom.name})


def _python(scene: Scene, index: int, edges: list[Edge], first: Edge) -> Finding:
    return Finding("python-function", scene.where(first.node), facts={"op": first.node.kind})


def _index(scene: Scene, index: int, edges: list[Edge], first: Edge) -> Finding:
    return Finding("index-only", scene.where(first.node), facts={"op": first.node.kind})


def _op(scene: Scene, index: int, edges: list[Edge], first: Edge) -> Finding:
    node = first.node
    facts = {"op": node.kind}
    if "Dataset" in node.kind:  # the way goes on from an iterator that was made of it
        return _state(scene, index, edges, first)
    if scene.judge.unregistered(node):
        facts["unregistered"] = "yes"
    meta = scene.judge.meta(first.end)
    if meta is not None:
        facts["output"] = scene.recording.dtype_name(meta[0])
    cause = "gradient-stopped" if node.kind in BARRIERS else _cause_of_op(scene, edges, first, meta)
    finding = Finding(cause, scene.where(node), facts=facts)
    if cause == "gradient-stopped":
        finding.related += _other_stops(scene, index, finding.location)
    entered = places.outer_call(scene.recording, scene.site(node), scene.tape.site if scene.tape else scene.call.site)
    if entered is not None:
        finding.related.append(Related("called here, under the tape", entered))
    return finding


def _other_stops(scene: Scene, index: int, known: Location | None) -> list[Related]:
    """`stop_gradient` on other ways to the same target: any of them may be the one that was not meant."""
    source = scene.trace.key(scene.call.sources[index].tensor)
    first = scene.trace.position(scene.began)
    dependents = scene.dependents(source, first) | {source}
    places_ = (
        scene.where(node)
        for node in scene.trace.nodes[first:]
        if node.kind in BARRIERS and any(t in dependents for t in node.inputs) and any(t in scene.ways for t in node.outputs)
    )
    found = dict.fromkeys(where for where in places_ if where is not None and where != known)
    return [Related(f"another way is stopped here: {quote(where.text)}", where) for where in list(found)[:3]]


def _cause_of_op(scene: Scene, edges: list[Edge], first: Edge, meta: rec.OutputMeta | None) -> str:
    flat_type = meta is not None and not scene.recording.is_trainable_dtype(meta[0])
    if flat_type and first.node.kind in CONVERSIONS:
        return "integer-cast"
    some_train = scene.call.missing is not None and not all(scene.call.missing)
    if flat_type and some_train and first.node.kind not in SHAPE_OPS and _decides_only(edges, first):
        return "index-only"
    return "non-differentiable-op"


def _decides_only(edges: list[Edge], first: Edge) -> bool:
    """After the cut the value is an index, a mask or a condition."""
    after = edges[edges.index(first) + 1 :]
    return any(e.broken == "index" for e in after)
