"""Recording -> diagnoses: each failing gradient call classified, equal findings merged, the most important first."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from whygrad import causes
from whygrad import recording as rec
from whygrad.analyse import events, of_variables
from whygrad.analyse.audit import Audit
from whygrad.analyse.findings import Finding
from whygrad.analyse.groups import Group, groups_of, is_failing, measured_groups
from whygrad.analyse.scene import Earlier, Scene
from whygrad.analyse.trace import LOOP_IN, LOOP_OUT, MERGE, Opener, Trace
from whygrad.analyse.ways import Edge
from whygrad.evidence import Evidence
from whygrad.model import SEVERITIES, Diagnosis, Fix, GradientRow, Location, PathStep, Related, VariableRow
from whygrad.samples import Sample, Stats
from whygrad.source.flow import Program
from whygrad.words import GradientStatus, Severity

HELP = "whygrad explain {}"
MAX_STEPS = 40
MAX_CALLS = 24  # failing places that are explained in one run
OF_NONE = re.compile(r"\bNone(Type)?\b")  # in the exception of a program that went on with a gradient that was not there


@dataclass
class Analysis:
    """What `analyse` gives back. `mismatches` are gradient calls whose None mask was not the predicted one."""

    diagnoses: tuple[Diagnosis, ...] = ()
    gradients: tuple[GradientRow, ...] = ()
    variables: tuple[VariableRow, ...] = ()
    mismatches: list[str] = field(default_factory=list)
    latest: frozenset[tuple[str, Location | None]] = frozenset()  # cause and place of what the last failing call shows


class Session:
    """One pass over a Recording."""

    def __init__(self, recording: rec.Recording, read: Callable[[str], str | None]) -> None:
        self.recording = recording
        self.opener = Opener(recording)
        self.traces: dict[int, Trace] = {}
        paths = {f.path for f in recording.frames if f.path and not f.path.startswith("<")}
        self.program = Program(sorted(paths | imported(sorted(paths), read)), read)

    def trace(self, graph: int) -> Trace:
        """The trace of a graph, opened once up to the last gradient call made in it."""
        if graph not in self.traces:
            until = max(c.clock for c in self.recording.calls if c.graph == graph)
            self.traces[graph] = self.opener.open(graph, until)
        return self.traces[graph]

    def scenes(self) -> list[Scene]:
        """Every gradient call, each with the earlier ones at its place."""
        found: dict[int, list[rec.GradientCall]] = {}
        result = []
        for call in self.recording.calls:
            earlier = found.setdefault(call.site, [])
            result.append(Scene(self.trace(call.graph), call, self.program, Earlier(earlier, len(earlier))))
            earlier.append(call)
        return result


def imported(paths: list[str], read: Callable[[str], str | None]) -> set[str]:
    """The user's modules that these files import, as far as they lie beside them: a helper in NumPy alone records nothing."""
    program, found = Program(paths, read), set[str]()
    for path in paths:
        for origin in program.imports(path).values():
            names = origin.lstrip(".").split(".")
            for folder in (os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
                files = (os.path.join(folder, *part) + ".py" for part in (names, names[:-1]) if part)
                found.update(file for file in files if file not in paths and read(file) is not None)
    return found


def analyse(recording: rec.Recording, read: Callable[[str], str | None], exception: str | None = None) -> Analysis:
    """All diagnoses of a Recording. `exception` is how the program ended ("ValueError: ..."), None if it ended well."""
    session = Session(recording, read)
    result = Analysis()
    scenes = session.scenes()
    groups: list[Group] = []
    seen: dict[object, frozenset[tuple[str, Location | None]]] = {}
    for scene in scenes:
        check_prediction(scene, result)
        key = (scene.call.site, scene.call.missing, scene.call.error and scene.call.error.split(":")[0])
        if is_failing(scene.call) and key not in seen and len(seen) < MAX_CALLS:
            fresh = groups_of(scene)
            seen[key] = frozenset((g.finding.cause, g.finding.location) for g in fresh)
            groups += fresh
        else:
            scene.forget()
        if is_failing(scene.call):
            result.latest = seen.get(key, frozenset())
    groups += measured_groups(scenes)
    diagnoses = [diagnosis_of(g, exception) for g in groups]
    diagnoses += list(events.diagnoses(session.recording, session.program, scenes, exception, bool(diagnoses)))
    audit = Audit(recording, session.program, scenes)
    diagnoses += of_variables.diagnoses(audit)
    result.diagnoses = tuple(sorted(merged(diagnoses), key=rank))
    result.gradients = rows(scenes)
    result.variables = audit.rows()
    return result


def check_prediction(scene: Scene, result: Analysis) -> None:
    """Compare the model of the tape with what TensorFlow returned: where they differ, nothing about this call is called proven."""
    call = scene.call
    if call.missing is None or call.zero_on_purpose or call.target_kind != "tensor" or scene.predicted == call.missing:
        return
    odd = [i for i, (p, m) in enumerate(zip(scene.predicted, call.missing)) if p != m]
    if all(_by_hand(scene, call.sources[i]) for i in odd):
        return
    wrong = [scene.name(i) for i in odd]
    where = scene.location
    at = f"{os.path.basename(where.path)}:{where.line}" if where else "?"
    result.mismatches.append(f"{at}: {', '.join(wrong[:4])}")


def _by_hand(scene: Scene, source: rec.Source) -> bool:
    """Does the way lead through a gradient of the program's own, in a graph, of which nobody saw what it gave?"""
    customs = scene.recording.customs
    path = scene.ways.path(scene.trace.key(source.tensor)) if scene.tape is None and customs else []
    return any(e.node.op in customs and not customs[e.node.op].returned for e in path)


# -- Diagnosis -----------------------------------------------------------------------------------------------------------


def diagnosis_of(group: Group, exception: str | None) -> Diagnosis:
    scene, finding = group.scene, group.finding
    variables = tuple(scene.info(i) for i in group.indices)
    evidence = Evidence(
        variables=variables,
        location=finding.location,
        target=scene.target_text,
        all_missing=len(group.indices) == len(scene.call.sources),
        proven=is_proven(scene, finding),
        tape=scene.tape_location,
        gradient_call=scene.location,
        facts={**finding.facts, "gradient": finding.gradient, "sources": scene.arguments[1].text if scene.arguments[1] else ""},
    )
    claim = causes.claim(finding.cause, evidence)
    return Diagnosis(
        cause=finding.cause,
        certainty="proven" if evidence.proven else "likely",
        severity=severity_of(group, exception),
        message=claim.message,
        explanation=claim.explanation,
        location=finding.location,
        related=tuple(related(scene, finding)),
        gradient=finding.gradient,
        variables=variables,
        path=steps(scene, group),
        fix=claim.fix or Fix("see the page of this cause"),
        help=HELP.format(finding.cause),
    )


def is_proven(scene: Scene, finding: Finding) -> bool:
    """Proven: classification is sure of it and the model of the tape agreed with TensorFlow on every source of this call."""
    if not finding.edges and any(gap <= scene.call.clock for gap in scene.recording.gaps):
        return False  # no way was found, but not every op was recorded
    return finding.proven and (scene.call.missing is None or scene.predicted == scene.call.missing)


def severity_of(group: Group, exception: str | None) -> Severity:
    """error: nothing can train, or the program died of it; warning: some do not train; note: asked for on purpose, or gone later."""
    call, finding = group.scene.call, group.finding
    if finding.severity in SEVERITIES:
        return finding.severity
    if call.zero_on_purpose:
        return "note"
    if call.error is not None or not call.sources:
        return "error" if exception else "warning"
    wanted = [m for s, m in zip(call.sources, call.missing or ()) if s.trainable is not False]
    if exception is not None and (finding.cause == "not-a-variable" or (call is group.scene.recording.calls[-1] and OF_NONE.search(exception))):
        return "error"
    return "error" if wanted and all(wanted) else "warning"


def related(scene: Scene, finding: Finding) -> list[Related]:
    """The finding's own places, then where the tape began and where the gradient was asked for."""
    found = [r for r in finding.related if r.location is not None]
    if scene.tape_location is not None and scene.asked_by_user:
        found.append(Related("the tape begins here", scene.tape_location))
    if scene.location is not None and not scene.asked_by_user:
        found.append(Related("the gradient is asked for inside this call", scene.location))
    elif scene.location is not None and scene.location != scene.tape_location:
        found.append(Related("the gradient is asked for here", scene.location))
    seen: set[Location | None] = {finding.location}
    return [r for r in found if not (r.location in seen or seen.add(r.location))]  # type: ignore[func-returns-value]


def steps(scene: Scene, group: Group) -> tuple[PathStep, ...]:
    """The way from the first variable of the group to the target, one step for each expression."""
    edges = group.finding.edges
    if not edges:
        return ()
    found: list[PathStep] = [PathStep(scene.name(group.indices[0]), None, True, scene.info(group.indices[0]).location)]
    for edge in edges:
        step = _step(scene, edge, edge.broken is None and edge is not group.finding.dies)
        if step is None:
            continue
        if found[-1].location == step.location and found[-1].op is not None and found[-1].what.split(":")[0] == step.what.split(":")[0]:
            found[-1] = PathStep(step.what, step.op, found[-1].carries_gradient and step.carries_gradient, step.location)
        else:
            found.append(step)
    found.append(PathStep(scene.target_text, None, True, scene.arguments[0]))
    return tuple(_shortened(found))


def _step(scene: Scene, edge: Edge, carries: bool) -> PathStep | None:
    if edge.node.kind in (LOOP_IN, LOOP_OUT, MERGE):
        return None
    where = scene.where(edge.node)
    text = " ".join(where.text.split()) if where and where.text else edge.node.kind
    if where is None or where == scene.location:  # inside Keras: the layer says more than `model.fit(...)`
        layer = scene.recording.layers.get(scene.site(edge.node), "")
        text = f"{layer}: {edge.node.kind}" if layer else edge.node.kind
    return PathStep(text, edge.node.kind, carries, where)


def _shortened(found: list[PathStep]) -> list[PathStep]:
    """Long ways keep both ends and every cut."""
    if len(found) <= MAX_STEPS:
        return found
    keep = [s for i, s in enumerate(found) if i < 6 or i >= len(found) - 6 or not s.carries_gradient]
    return keep[: MAX_STEPS // 2] + keep[-MAX_STEPS // 2 :] if len(keep) > MAX_STEPS else keep


def merged(diagnoses: list[Diagnosis]) -> list[Diagnosis]:
    """The same cause at the same place, found by several calls, is told once."""
    found: dict[object, Diagnosis] = {}
    for d in diagnoses:
        key = (d.cause, d.location and (d.location.path, d.location.line), tuple(v.name for v in d.variables))
        if key not in found or SEVERITIES.index(d.severity) < SEVERITIES.index(found[key].severity):
            found[key] = d
    return list(found.values())


def rank(d: Diagnosis) -> tuple[int, int]:
    """Severity first, certainty next; the order of the program decides the rest (sorting is stable)."""
    return SEVERITIES.index(d.severity), 0 if d.certainty == "proven" else 1


def rows(scenes: list[Scene], limit: int = 200) -> tuple[GradientRow, ...]:
    """The state of each gradient in the first call of each place, and in the first one there that was worse; with figures where it was measured."""
    found: list[GradientRow] = []
    measured: dict[int, list[Sample]] = {}
    for sample in scenes[0].recording.samples if scenes else ():
        measured.setdefault(scenes[sample.call].call.site, []).append(sample)
    for scene in scenes:
        missing = scene.call.missing if scene.call.api != rec.PY_FUNCTION else None
        worse = any(missing or ()) and not any(any(call.missing or ()) for call in scene.earlier)
        if scene.earlier and not worse:
            continue
        samples = sorted(measured.get(scene.call.site, []), key=lambda sample: not sample.was_traced_back)  # the odd ones first
        for i, gone in enumerate(missing or ()):
            stats = next((s.gradients[i] for s in samples if i < len(s.gradients)), None)
            found.append(_row(scene, i, gone, stats, len(scene.earlier) + 1))
        if len(found) > limit:
            break
    return tuple(found[:limit])


def _row(scene: Scene, index: int, gone: bool, stats: Stats | None, step: int) -> GradientRow:
    shape = scene.call.sources[index].shape
    if gone or stats is None:
        return GradientRow(scene.name(index), "none" if gone else "ok", shape, None, None, step)
    status: GradientStatus = "non-finite" if stats.bad else "zero" if stats.is_zero else "ok"
    zeros = stats.zeros / stats.size if stats.zeros >= 0 and stats.size else None
    return GradientRow(scene.name(index), status, shape, stats.norm, zeros, step)
