"""A source from which no op leads to the target: what stands in its place, or where its value was lost."""

from __future__ import annotations

import re

from whygrad import recording as rec
from whygrad.analyse import crossing, places, rebuilt, shape_only, unused
from whygrad.analyse.findings import Finding
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
        or unused.unwritten(scene, index)
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
    """The target was computed from what the source was made of, not from the source: from another tensor, or from the variables themselves."""
    source = scene.call.sources[index]
    if source.kind != "tensor" or source.key is None:
        return None
    key = scene.trace.key(source.key)
    ancestor = _shared_ancestor(scene, key)
    producer = scene.trace.producer.get(key)
    if ancestor is None or producer is None:
        return None
    node = scene.trace.nodes[producer]
    variable = scene.recording.variables.get(ancestor)
    if variable is not None:
        related = [Related("the loss was computed from the variables themselves, this one and others", scene.recording.location(variable.site))]
        return Finding("unused-variable", scene.beside_tape(node), related=related, facts={"how": "bypassed"})
    related = [Related("the loss was computed from this instead", scene.made(ancestor))]
    if scene.judge.records(node):
        return Finding("unused-variable", scene.beside_tape(node), related=related, facts={"how": "bypassed"})
    where = scene.beside_tape(node)
    return Finding("outside-tape", where, related=related, facts={"when": "before", "how": "bypassed"})


def _shared_ancestor(scene: Scene, key: int) -> int | None:
    """The nearest tensor that the source was computed from and that the target uses without it; a variable where there is none."""
    queue, seen = [key], {key}
    variable: int | None = None
    while queue:
        producer = scene.trace.producer.get(queue.pop(0))
        for t in scene.trace.nodes[producer].inputs if producer is not None else ():
            if t in seen:
                continue
            seen.add(t)
            if t in scene.recording.variables:
                variable = t if variable is None and t in scene.reach.reached else variable
            elif t in scene.ways and scene.judge.differentiable(t):
                return t
            queue.append(t)
    return variable


# -- nothing in its place ------------------------------------------------------------------------------------------------------


def _constant_or_unused(scene: Scene, index: int) -> Finding:
    missing = scene.call.missing or tuple(True for _ in scene.call.sources)
    if all(missing) and not any(scene.ways.path(scene.trace.key(s.key)) for s in scene.call.sources if s.key is not None):
        return constant(scene)
    return unused.classify(scene, index)


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
