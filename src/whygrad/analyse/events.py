"""Problems that no gradient call shows: a model compiled without loss, an exhausted zip, a raw tf.Variable that Keras never asks for."""

from __future__ import annotations

from collections.abc import Iterable

from whygrad import causes
from whygrad import recording as rec
from whygrad.analyse.scene import Scene
from whygrad.analyse.writes import Writes
from whygrad.evidence import Evidence
from whygrad.model import Diagnosis, Fix, Location, Related, VariableInfo
from whygrad.source.flow import Program
from whygrad.words import GradientStatus, Severity

NO_LOSS = ("No loss to compute", "No loss found", "must compile your model", "You must provide a loss")
NO_LABELS = ("None values not supported", "NoneType", "Target data is missing", "with an unsupported type (<class 'NoneType'>)")
NOTHING_GIVEN = ("No variables provided", "not enough values to unpack (expected 2, got 0)", "`variables` list is empty")


def diagnoses(recording: rec.Recording, program: Program, scenes: list[Scene], exception: str | None, explained: bool) -> list[Diagnosis]:
    found = untracked(recording, scenes) + idle(recording) + released(recording) + held(recording)
    if not explained:
        found += exhausted(recording, program) or missing_loss(recording, exception)
    return found


def _diagnosis(cause: str, severity: Severity, where: Location | None, facts: dict[str, str], **more: object) -> Diagnosis:
    variables: tuple[VariableInfo, ...] = more.get("variables", ())  # type: ignore[assignment]
    gradient: GradientStatus | None = more.get("gradient")  # type: ignore[assignment]
    evidence = Evidence(variables, where, "the loss", True, True, None, where, facts)
    claim = causes.claim(cause, evidence)
    related: tuple[Related, ...] = tuple(more.get("related", ()))  # type: ignore[arg-type]
    fix = claim.fix or Fix("see the page of this cause")
    return Diagnosis(
        cause, "proven", severity, claim.message, claim.explanation, where, related, gradient, variables, (), fix, f"whygrad explain {cause}"
    )


def missing_loss(recording: rec.Recording, exception: str | None) -> list[Diagnosis]:
    """Keras says that there is no loss: the `compile` call that was given none is the place."""
    unlabelled = [e for e in recording.of("compiled") if e.text == "no labels"]
    if exception is not None and unlabelled and any(text in exception for text in NO_LABELS):
        return [_diagnosis("missing-loss", "error", recording.location(unlabelled[-1].site), {"how": "labels"})]
    if exception is None or not any(text in exception for text in NO_LOSS):
        return []
    compiled = [e for e in recording.of("compiled") if e.text == "no loss"]
    where = recording.location(compiled[-1].site) if compiled else None
    return [_diagnosis("missing-loss", "error", where, {"how": "compile"})]


def exhausted(recording: rec.Recording, program: Program) -> list[Diagnosis]:
    """An optimizer that got an iterator with nothing left in it."""
    for event in recording.of("applied"):
        kind, _, error = event.text.split("|", 2)
        if kind in ("zip", "generator", "map", "filter") and any(text in error for text in NOTHING_GIVEN):
            where = recording.location(event.site)
            info = program.call_at(where) if where else None
            argument = info.args[0] if info and info.args else None
            origin = program.definition(argument) if argument else None
            related = [Related("it reaches the optimizer empty, here", where)] if origin else []
            return [_diagnosis("empty-variable-list", "error", origin or where, {"how": "exhausted", "kind": kind}, related=related)]
    return []


def idle(recording: rec.Recording) -> list[Diagnosis]:
    """`fit` of a model of which everything is frozen: no gradient is asked for, and Keras says so in a warning only."""
    found, writes = {}, Writes(recording)
    for event in recording.of("idle"):
        if _learns_otherwise(recording, writes, event):
            continue
        names, asked = set(event.text.split("\n")), recording.location(event.site)
        frozen = [e for e in recording.of("frozen") if e.clock <= event.clock and e.text in names]
        places = [at for e in frozen if (at := recording.location(e.site)) is not None]
        where = places[-1] if places else asked
        others = [Related("and frozen here", at) for at in dict.fromkeys(places) if at != where]
        related = [*others[:3], *([Related("the training that changes nothing", asked)] if asked is not None and asked != where else [])]
        facts = {"how": "fit", "frozen": str(len({e.text for e in frozen}) or ""), "what": asked.text if asked is not None else "fit"}
        found[where] = _diagnosis("empty-variable-list", "error", where, facts, related=related)
    return list(found.values())


def released(recording: rec.Recording) -> list[Diagnosis]:
    """Layers whose `trainable = True` came too late for a train step of Keras. One for each line."""
    lines: dict[Location | None, list[rec.Event]] = {}
    for event in recording.of("released"):
        lines.setdefault(recording.location(event.site), []).append(event)
    found = []
    for where, events in lines.items():
        by_name = {v.full_name or v.name: v for v in (recording.variables[e.key] for e in events)}
        infos = _infos(recording, by_name.values())
        step = recording.location(events[0].other)
        related = [Related("the train step was built in this call, and goes on as it is", step)] if step is not None and step != where else []
        found.append(_diagnosis("not-trainable", "warning", where, {"how": "released"}, variables=infos, related=related))
    return found


def _infos(recording: rec.Recording, variables: Iterable[rec.Variable]) -> tuple[VariableInfo, ...]:
    """Of trainable variables that no gradient call asked about."""
    return tuple(VariableInfo(v.full_name or v.name, v.shape, v.dtype, True, v.initial, recording.location(v.site)) for v in variables)


def held(recording: rec.Recording) -> list[Diagnosis]:
    """Layers that were released inside a model that stays frozen. One for each line."""
    lines: dict[Location | None, list[rec.Event]] = {}
    for event in recording.of("held"):
        lines.setdefault(recording.location(event.site), []).append(event)
    found = []
    for where, events in lines.items():
        keys = (int(key) for e in events for key in e.text.split("\n")[1:])
        variables = [v for v in map(recording.variables.get, dict.fromkeys(keys)) if v is not None]
        infos = _infos(recording, variables)
        facts = {"how": "held", "around": events[0].text.split("\n")[0]}
        found.append(_diagnosis("not-trainable", "warning", where, facts, variables=infos))
    return found


def _learns_otherwise(recording: rec.Recording, writes: Writes, step: rec.Event) -> bool:
    """Does the step write to a variable of the program: moving statistics, a codebook?"""
    own = (v for v in recording.variables.values() if not v.keeper)
    return any(step.key <= write.op < step.clock for v in own for write in writes.to(v.key))


def untracked(recording: rec.Recording, scenes: list[Scene]) -> list[Diagnosis]:
    """Raw tf.Variables on Keras 3 layers that a loss used and nobody asked a gradient for."""
    asked = {s.key for scene in scenes for s in scene.call.sources}
    found = []
    for event in recording.of("untracked"):
        variable = recording.variables.get(event.key)
        if variable is None or event.key in asked or not any(event.key in scene.reach.reached for scene in scenes):
            continue
        where = recording.location(variable.site)
        info = VariableInfo(event.text, variable.shape, variable.dtype, variable.trainable, variable.initial, where)
        found.append(_diagnosis("not-trainable", "warning", where, {"how": "untracked", "attribute": event.text}, variables=(info,)))
    return _by_place(found)


def _by_place(found: list[Diagnosis]) -> list[Diagnosis]:
    """One diagnosis for each line: layers made in a loop share it."""
    places: dict[object, list[Diagnosis]] = {}
    for d in found:
        places.setdefault(d.location, []).append(d)
    facts = {"how": "untracked"}
    return [
        _diagnosis("not-trainable", "warning", ds[0].location, facts, variables=tuple(v for d in ds for v in d.variables)) for ds in places.values()
    ]
