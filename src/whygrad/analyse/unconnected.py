"""A source from which no op leads to the target: what stands in its place, or where its value was lost."""

from __future__ import annotations

import re

from whygrad import recording as rec
from whygrad.analyse import crossing, places, rebuilt, shape_only
from whygrad.analyse.findings import Finding
from whygrad.analyse.path import READS
from whygrad.analyse.scene import ASSIGNED, Scene
from whygrad.evidence import quote
from whygrad.model import Location, Related
from whygrad.source.answers import FunctionInfo


def classify(scene: Scene, index: int) -> Finding:
    """Why no way leads from source number `index` to the target."""
    return (
        recreated(scene, index)
        or rebuilt.classify(scene, index)
        or bypassed(scene, index)
        or crossing.left_tensorflow(scene, index)
        or shape_only.classify(scene, index)
        or crossing.predicted(scene, index)
        or crossing.decides_branch(scene, index)
        or _constant_or_unused(scene, index)
    )


def replaced(scene: Scene, index: int) -> Finding | None:
    """The attribute that held the variable was set to a tensor, or the name was rebound."""
    source = scene.call.sources[index]
    if source.kind == "variable":
        event = next((e for e in scene.recording.of("replaced") if e.key == source.key and e.clock <= scene.call.clock), None)
        return _replaced(scene, event) if event else None
    before = next((c.sources[index] for c in scene.earlier if index < len(c.sources) and c.sources[index].kind == "variable"), None)
    if before is None or source.kind != "tensor" or before.shape != source.shape:
        return None
    where = _stored(scene, source, {scene.name(index), before.name or ""})
    created = scene.recording.variables.get(before.tensor)
    related = [Related("this was the variable", scene.recording.location(created.site))] if created else []
    return Finding("variable-replaced", where or scene.location, related=related, facts={"how": "rebound"})


def _stored(scene: Scene, source: rec.Source, names: set[str]) -> Location | None:
    """Where the tensor took the place of the variable: out of the functions that only compute it and return it."""
    site = scene.made_at(scene.trace.key(source.tensor))
    chain = places.frames(scene.recording, site)[::-1] if site is not None else []
    for frame in chain:
        found = ASSIGNED.match(frame.source[0]) if frame.source else None
        target = found.group(1) if found else ""
        if re.split(r"\W+", target.rstrip("\"']"))[-1] in names or not _is_returned(scene, frame, target):
            return frame
    return chain[0] if chain else None


def _is_returned(scene: Scene, frame: Location, name: str) -> bool:
    info = scene.program.function_at(frame)
    returned = scene.program.returns(info.location) if info is not None else ()
    inside = any(
        (r.line, r.column) <= (frame.line, frame.column) and (frame.end_line, frame.end_column) <= (r.end_line, r.end_column) for r in returned
    )
    return inside or (name.isidentifier() and any(r.text.split() == ["return", name] for r in returned))


def _replaced(scene: Scene, event: rec.Event) -> Finding:
    made = scene.made(event.other)
    where = scene.recording.location(event.site)
    related = [Related("the tensor that took its place is made here", made)] if made and made != where else []
    return Finding("variable-replaced", where, related=related, facts={"how": "attribute", "attribute": event.text})


def recreated(scene: Scene, index: int) -> Finding | None:
    """Another variable, created by the same line, is what the loss really used."""
    mine = scene.recording.variables.get(scene.call.sources[index].tensor)
    if mine is None or mine.clock >= scene.began:
        return None
    place = _innermost(scene, mine.site)
    used = (v for v in scene.recording.variables.values() if v.clock >= scene.began and scene.trace.key(v.key) in scene.ways)
    other = next((v for v in used if place is not None and _innermost(scene, v.site) == place and _same(v, mine)), None)
    if other is None:
        return None
    where, created = scene.used_from(other), scene.recording.location(mine.site)
    related = [Related("it is created here", created)] if created and where != created else []
    return Finding("variable-recreated", where or created, related=related)


def _same(a: rec.Variable, b: rec.Variable) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype


def _innermost(scene: Scene, site: int) -> int | None:
    return scene.recording.sites[site][0] if site >= 0 else None


def bypassed(scene: Scene, index: int) -> Finding | None:
    """The target was computed from what the source was made of, not from the source."""
    source = scene.call.sources[index]
    if source.kind != "tensor" or source.key is None:
        return None
    key = scene.trace.key(source.key)
    ancestor = _shared_ancestor(scene, key)
    producer = scene.trace.producer.get(key)
    if ancestor is None or producer is None:
        return None
    node = scene.trace.nodes[producer]
    related = [Related("the loss was computed from this instead", scene.made(ancestor))]
    if scene.judge.records(node):
        return Finding("unused-variable", scene.beside_tape(node), related=related, facts={"how": "bypassed"})
    where = scene.beside_tape(node)
    return Finding("outside-tape", where, related=related, facts={"when": "before", "how": "bypassed"})


def _shared_ancestor(scene: Scene, key: int) -> int | None:
    """The nearest tensor that the source was computed from and that the target uses without it."""
    queue, seen = [key], {key}
    while queue:
        producer = scene.trace.producer.get(queue.pop(0))
        for t in scene.trace.nodes[producer].inputs if producer is not None else ():
            if t in seen:
                continue
            seen.add(t)
            if t in scene.ways and t not in scene.recording.variables and scene.judge.differentiable(t):
                return t
            queue.append(t)
    return None


# -- nothing in its place ------------------------------------------------------------------------------------------------------


def _constant_or_unused(scene: Scene, index: int) -> Finding:
    missing = scene.call.missing or tuple(True for _ in scene.call.sources)
    if all(missing) and not any(scene.ways.path(scene.trace.key(s.key)) for s in scene.call.sources if s.key is not None):
        return constant(scene)
    return unused(scene, index)


def constant(scene: Scene) -> Finding:
    """No source takes part: the target is what is wrong."""
    unread = _unread_prediction(scene)
    if unread is not None:
        return unread
    targets = [scene.trace.producer.get(scene.trace.key(t)) for t in scene.call.targets]
    nodes = [scene.trace.nodes[p] for p in targets if p is not None]
    where = scene.beside_tape(nodes[0]) if nodes else scene.arguments[0] or scene.location
    return Finding("constant-loss", where or scene.location, facts={"how": "other variables" if _reaches_variables(scene) else "nothing"})


def _reaches_variables(scene: Scene) -> bool:
    return any(v.trainable and scene.trace.key(v.key) in scene.reach.reached for v in scene.recording.variables.values())


def _unread_prediction(scene: Scene) -> Finding | None:
    """A function on the way to the loss never reads one of its parameters: `def loss(y_true, y_pred)` without `y_pred`."""
    seen = set()
    for key in scene.ways:
        where = scene.made(key)
        info = scene.program.function_at(where) if where else None
        if info is None or info.location in seen or _asks(scene, info):
            continue
        seen.add(info.location)
        unread = [p for p in info.parameters if p in info.unread and p not in ("self", "cls", "args", "kwargs") and not p.startswith("_")]
        if unread and len(info.parameters) >= 2 and not info.name.startswith("__"):
            return _unread(scene, info, unread[-1])
    return None


def _asks(scene: Scene, info: FunctionInfo) -> bool:
    """Is it the function that asks for the gradient? What it does not read (`epoch`) belongs to the training."""
    asked = scene.location
    return asked is not None and asked.path == info.location.path and info.location.line <= asked.line <= info.location.end_line


def _unread(scene: Scene, info: FunctionInfo, parameter: str) -> Finding:
    returned = scene.program.returns(info.location)
    only = returned[0] if len(returned) == 1 else None
    slip = scene.program.slipped(info.location)
    place = _namesake(scene, info.location, parameter) or slip or only or info.header
    related = [Related(f"{quote(parameter)} is a parameter here and never read", info.header)]
    return Finding("constant-loss", place, related=related, facts={"how": "unread", "parameter": parameter, "function": info.name})


def _namesake(scene: Scene, body: Location, parameter: str) -> Location | None:
    """The statement in the function whose name promises the parameter: `pred_dir = ...` for `y_pred`."""
    words = {w for w in parameter.lower().split("_") if len(w) > 3}
    for key in scene.ways:
        where = scene.made(key)
        if where is None or where.path != body.path or not body.line <= where.line <= body.end_line or not where.source:
            continue
        name = where.source[0].split("=")[0].strip().lower()
        if "=" in where.source[0] and any(w in name for w in words) and name.isidentifier():
            return where
    return None


def unused(scene: Scene, index: int) -> Finding:
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
    return unused(scene, index) if shared else None


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
