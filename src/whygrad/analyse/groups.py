"""The problems of gradient calls: sources that share a cause and a place belong together."""

from __future__ import annotations

from dataclasses import dataclass

from whygrad import recording as rec
from whygrad.analyse import asked, connected, measured, rebuilt, unconnected, unused
from whygrad.analyse.findings import Finding
from whygrad.analyse.scene import Scene
from whygrad.model import SEVERITIES


@dataclass
class Group:
    """Findings of one call that are one problem."""

    scene: Scene
    finding: Finding
    indices: list[int]


def is_failing(call: rec.GradientCall) -> bool:
    if call.api == rec.PY_FUNCTION:  # an argument that needs no gradient is none of our business
        return bool(call.missing) and all(call.missing or ())
    return call.error is not None or not call.sources or any(call.missing or ())


def groups_of(scene: Scene) -> list[Group]:
    """The problems of one call: sources that share a cause and a place belong together."""
    whole = asked.classify(scene)
    indices = missing_indices(scene.call)
    if whole is not None:
        return [Group(scene, whole, [] if scene.call.api == rec.PY_FUNCTION else indices)]
    groups: dict[object, Group] = {}
    for index in indices:
        finding = classify_source(scene, index)
        where = finding.location
        key = (finding.cause, where and (where.path, where.line))
        if key in groups:
            groups[key].indices.append(index)
            groups[key].finding.proven &= finding.proven
            widen(groups[key].finding, finding)
        else:
            groups[key] = Group(scene, finding, [index])
    return list(groups.values())


def measured_groups(scenes: list[Scene]) -> list[Group]:
    """The gradients that are there and do not teach; those that die at the same place belong together."""
    groups: dict[object, Group] = {}
    for lost in measured.lost(scenes):
        where = lost.finding.location
        key = (lost.scene.call.site, lost.finding.cause, lost.status, where and (where.path, where.line))
        if key not in groups:
            lost.finding.severity = lost.severity
            lost.finding.facts["steps"] = str(lost.steps)
            groups[key] = Group(lost.scene, lost.finding, [])
        elif SEVERITIES.index(lost.severity) < SEVERITIES.index(groups[key].finding.severity or "note"):
            groups[key].finding.severity = lost.severity
        groups[key].finding.proven &= lost.finding.proven
        groups[key].indices.append(lost.index)
    return list(groups.values())


def widen(known: Finding, other: Finding) -> None:
    """Two expressions on one line: point at the larger one."""
    a, b = known.location, other.location
    if a is not None and b is not None and (a.line, a.column) == (b.line, b.column) and (b.end_line, b.end_column) > (a.end_line, a.end_column):
        known.location = b


def missing_indices(call: rec.GradientCall) -> list[int]:
    if call.error is not None and call.missing is None:
        odd = [i for i, s in enumerate(call.sources) if s.kind not in ("variable", "tensor")]
        return odd or list(range(len(call.sources)))
    return [i for i, m in enumerate(call.missing or ()) if m]


def classify_source(scene: Scene, index: int) -> Finding:
    """One source without gradient."""
    source = scene.call.sources[index]
    itself = asked.source_itself(scene, index) or unconnected.replaced(scene, index)
    if itself is not None:
        return itself
    if source.kind == "variable" and source.trainable is False:
        return asked.not_trainable(scene, index)
    key = scene.trace.key(source.key if source.key is not None else -1)
    edges = scene.ways.path(key)
    if source.kind == "tensor" and key not in scene.reach.tracked and scene.tape is not None and not edges:
        return unconnected.bypassed(scene, index) or connected.plain_tensor(scene, index, edges)
    broken = {e.broken for e in edges}
    beside = rebuilt.copied(scene, index) if broken & {"outside", "state"} else None
    beside = beside or (unused.dropped_beside(scene, index) if "outside" in broken else None)
    if beside is not None:
        return beside
    return connected.classify(scene, index, edges) if edges else unconnected.classify(scene, index)
