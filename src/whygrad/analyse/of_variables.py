"""What the audit of the variables finds: units that are equal for ever, and variables with a gradient that nothing ever updates."""

from __future__ import annotations

from whygrad import causes
from whygrad import recording as rec
from whygrad.analyse import twins
from whygrad.analyse.audit import Audit
from whygrad.analyse.scene import Scene
from whygrad.evidence import Evidence, quote
from whygrad.model import Diagnosis, Fix, Location, Related
from whygrad.words import Certainty, Severity

STEPS = 3  # in which a gradient was there, at least


def diagnoses(audit: Audit) -> list[Diagnosis]:
    """In no order."""
    return [*identical_units(audit), *never_updated(audit)]


def identical_units(audit: Audit) -> list[Diagnosis]:
    """One diagnosis for each gradient call that has such layers."""
    calls: dict[int, list[twins.Twins]] = {}
    for one in twins.found(audit.scenes):
        calls.setdefault(one.scene.call.site, []).append(one)
    return [_identical(audit, together) for together in calls.values()]


def _identical(audit: Audit, together: list[twins.Twins]) -> Diagnosis:
    first = together[0]
    rows = [audit.row(one.variable) for one in together]
    facts = {
        "units": str(first.units),
        "gates": str(((first.variable.shape or (0,))[-1] or 0) // first.units),
        "steps": str(min(one.steps for one in together)),
        "next": quote(first.scene.name(first.next_layer)),
        "value": {"zeros": "0", "ones": "1"}.get(rows[0].initial, first.variable.value),
    }
    places = dict.fromkeys(row.assigned or row.location for row in rows)
    related = [Related("and this one", where) for where in list(places)[1:] if where is not None]
    indices = [one.index for one in together]
    proven: Certainty = "proven" if all(one.proven for one in together) else "likely"
    return _diagnosis("identical-units", proven, "warning", first.scene, indices, next(iter(places)), facts, related)


def never_updated(audit: Audit) -> list[Diagnosis]:
    """Asked for beside variables that were updated, with a gradient each time, and its value is what it was: left out of the update."""
    last = {scene.call.site: scene for scene in audit.scenes}
    return [_left_out(audit, scene, indices) for scene in last.values() if (indices := _left_over(audit, scene))]


def _left_over(audit: Audit, scene: Scene) -> list[int]:
    """Places of such sources in a call that was made, or in a function measured, often enough to tell."""
    steps = len(scene.earlier) + 1 if scene.call.graph == rec.EAGER else audit.measured(scene)
    variables = [audit.recording.variables.get(s.tensor) for s in scene.call.sources]
    if steps < STEPS or not any(v is not None and audit.was_updated(v) for v in variables):
        return []
    return [i for i, v in enumerate(variables) if v is not None and v.trainable and audit.was_updated(v) is False and audit.status(v) == "ok"]


def _left_out(audit: Audit, scene: Scene, indices: list[int]) -> Diagnosis:
    """At the update that leaves them out, as far as one is known."""
    applied = next((e for e in audit.recording.of("applied") if e.clock >= scene.call.clock), None)
    where = audit.recording.location(applied.site) if applied is not None else None
    return _diagnosis("not-trainable", "proven", "note", scene, indices, where or scene.location, {"how": "left out"}, [])


def _diagnosis(
    cause: str,
    certainty: Certainty,
    severity: Severity,
    scene: Scene,
    indices: list[int],
    where: Location | None,
    facts: dict[str, str],
    related: list[Related],
) -> Diagnosis:
    variables = tuple(scene.info(i) for i in indices)
    evidence = Evidence(variables, where, scene.target_text, False, certainty == "proven", scene.tape_location, scene.location, facts)
    claim = causes.claim(cause, evidence)
    asked = [Related("the gradient is asked for here", scene.location)] if scene.location is not None and scene.location != where else []
    return Diagnosis(
        cause,
        certainty,
        severity,
        claim.message,
        claim.explanation,
        where,
        (*related, *asked),
        None,
        variables,
        (),
        claim.fix or Fix("see the page of this cause"),
        f"whygrad explain {cause}",
    )
