"""A variable that takes no part in the target: never read under the tape, or what was computed from it was dropped."""

from __future__ import annotations

import re

from whygrad import recording as rec
from whygrad.analyse import places
from whygrad.analyse.findings import Finding
from whygrad.analyse.path import READS
from whygrad.analyse.scene import ASSIGNED, Scene
from whygrad.evidence import quote
from whygrad.model import Location, Related

LIST_WRITES = frozenset({"TensorListSetItem", "TensorListPushBack", "TensorArrayWriteV3"})


def classify(scene: Scene, index: int) -> Finding:
    """The variable takes no part: never read under the tape, or what was computed from it was dropped."""
    source = scene.call.sources[index]
    variable = scene.recording.variables.get(source.tensor)
    created = scene.recording.location(variable.site) if variable else scene.created(source)
    if source.key is None:
        return Finding("unused-variable", created or scene.location, facts={"how": "never read"})
    unjudged = _unjudged(scene, source)
    if unjudged is not None:
        return unjudged
    first = scene.trace.position(scene.began)
    dependents = scene.dependents(scene.trace.key(source.key), first)
    dropped = _dropped(scene, dependents, first)
    if dropped is None:
        return Finding("unused-variable", created or scene.location, facts={"how": "never read"})
    derived = _derived(scene, dependents, first)
    if derived is not None:
        return Finding("constant-loss", derived, facts={"how": "linear"}, proven=False)
    related = [Related(f"{quote(scene.name(index))} is created here", created)] if created else []
    if dropped == scene.location:  # inside `fit` no expression of the user's tells more than the line that made the variable
        return Finding("unused-variable", created or dropped, facts={"how": "no expression"})
    overwritten = _overwritten(scene, dropped)
    if overwritten is not None:
        related.insert(0, Related("its result was computed here", dropped))
        return Finding("unused-variable", overwritten, related=related, facts={"how": "overwritten", "lost": quote(dropped.text)})
    return Finding("unused-variable", dropped, related=related, facts={"how": "dropped"})


def unwritten(scene: Scene, index: int) -> Finding | None:
    """`array.write(i, x)` in a graph: what it returns holds `x`, and the loss was computed from the array of before."""
    source = scene.call.sources[index]
    if source.key is None:
        return None
    key, nodes, first = scene.trace.key(source.key), scene.trace.nodes, scene.trace.position(scene.began)
    dependents = scene.dependents(key, first) | {key}
    for i in range(first, len(nodes)):
        inputs = nodes.inputs(i) if nodes.kind(i) in LIST_WRITES else ()
        if inputs and inputs[0] in scene.ways and not dependents.isdisjoint(inputs[1:]) and not any(o in scene.ways for o in nodes.outputs(i)):
            return Finding("value-discarded", scene.where(nodes[i]), facts={"how": "unwritten"})
    return None


def _unjudged(scene: Scene, source: rec.Source) -> Finding | None:
    """It leads only to an output of the model that `compile` gives no loss."""
    event = next((e for e in scene.recording.of("unjudged") if str(source.key) in e.text.split("\n")[1:]), None)
    where = scene.recording.location(event.site) if event is not None else None
    if event is None or where is None or scene.asked_by_user:
        return None
    return Finding("missing-loss", where, facts={"how": "output", "output": quote(event.text.split("\n")[0])})


def dropped_beside(scene: Scene, index: int) -> Finding | None:
    """A call under the tape gave what the loss uses and what this source gives, and only that was dropped: any other pass is beside the point."""
    source = scene.call.sources[index]
    if source.kind != "variable" or scene.call.missing is None or all(scene.call.missing):
        return None
    first = scene.trace.position(scene.began)
    nodes = scene.trace.nodes
    dependents = scene.dependents(scene.trace.key(source.tensor), first)
    mine = [i for i in range(first, len(nodes)) if not dependents.isdisjoint(nodes.outputs(i)) and scene.judge.records(nodes[i])]
    if not mine or any(o in scene.ways for i in mine for o in nodes.outputs(i)):
        return None
    where = scene.beside_tape(nodes[mine[0]])
    alive = (i for i in range(first, len(nodes)) if not scene.reach.reached.isdisjoint(nodes.outputs(i)) and scene.judge.records(nodes[i]))
    shared = where is not None and any(scene.beside_tape(nodes[i]) == where and nodes.kind(i) not in READS for i in alive)
    return classify(scene, index) if shared else None


def _derived(scene: Scene, dependents: set[int], first: int) -> Location | None:
    """Where an inner gradient was taken that the variable takes part in, and whose answer, which the loss uses, does not depend on it."""
    nodes = scene.trace.nodes
    places_of = {True: set[int](), False: set[int]()}  # by whether the loss uses it
    for i in range(first, len(nodes)):
        if rec.BACKWARD in scene.recording.states[nodes[i].state] and scene.judge.records(nodes[i]):
            used = any(o in scene.ways for o in nodes.outputs(i))
            if used or not dependents.isdisjoint(nodes.outputs(i)):
                places_of[used].add(scene.site(nodes[i]))
    both = places_of[True] & places_of[False]
    return scene.recording.location(max(both)) if both else None


def _overwritten(scene: Scene, dropped: Location) -> Location | None:
    """The next value given to the name that held the dropped result, if it does not use it."""
    found = ASSIGNED.match(dropped.source[0]) if dropped.source else None
    name = found.group(1) if found else ""
    if not name.isidentifier():
        return None
    later = [v for v in scene.program.assignments_after(dropped, name) if v.line > dropped.line]
    return later[0] if later and not re.search(rf"\b{name}\b", later[0].text) else None


def _dropped(scene: Scene, dependents: set[int], first: int) -> Location | None:
    """The expression whose result goes nowhere, in the function that also computes what does reach the loss."""
    nodes = scene.trace.nodes
    dead = [i for i in range(first, len(nodes)) if any(o in dependents for o in nodes[i].outputs) and scene.judge.records(nodes[i])]
    if not dead:
        return None
    used = [i for i in range(first, len(nodes)) if any(o in scene.ways for o in nodes[i].outputs)]
    before = [i for i in used if i < dead[-1]]
    after = [i for i in used if i > dead[-1]]
    site = scene.site(nodes[dead[-1]])
    best, deepest = places.innermost(scene.recording, site), -1
    for i in before[-1:] + after[:1]:
        depth = places.divergence(scene.recording, site, scene.site(nodes[i]))
        if depth is not None and depth > deepest:
            deepest, best = depth, places.frames(scene.recording, site)[depth]
    return best
