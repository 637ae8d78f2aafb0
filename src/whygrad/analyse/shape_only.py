"""A source whose value the target never saw: of a tensor computed from it only the shape was used, and the trace shows no link."""

from __future__ import annotations

from whygrad import catalogue
from whygrad.analyse.findings import Finding
from whygrad.analyse.scene import Scene
from whygrad.catalogue.kinds import is_shape_only
from whygrad.model import Location

MAX_PLACES = 60


def classify(scene: Scene, index: int) -> Finding | None:
    """A constant made by `ones_like(value)`: while a graph is traced the shape is known, so that not even an op links the two."""
    source = scene.call.sources[index]
    dependents = scene.dependents(scene.trace.key(source.key)) if source.key is not None else set()
    made = [where for where in dict.fromkeys(scene.made(k) for k in sorted(dependents)) if where is not None][-MAX_PLACES:]
    for where in _without_input(scene):
        info = scene.program.call_at(where)
        found = catalogue.load().find(info.name) if info is not None and info.args else None
        if info is None or found is None or not is_shape_only(found, 0):
            continue
        same = (info.location.line, info.location.column) == (where.line, where.column)
        if same and any(scene.program.derives(info.args[0], origin) for origin in made):
            return Finding("value-discarded", where, facts={"how": "shape"})
    return None


def _without_input(scene: Scene) -> list[Location]:
    """Where the constants that the target depends on are made."""
    producers = (scene.trace.producer.get(key) for key in scene.ways)
    sites = {scene.site(scene.trace.nodes[p]) for p in producers if p is not None and not scene.trace.nodes[p].inputs}
    return [where for where in (scene.recording.location(s) for s in sorted(sites)) if where is not None]
