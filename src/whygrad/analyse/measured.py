"""Samples -> the gradients that are there and do not teach. One odd step is no alarm: what counts is how the last steps ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whygrad import recording as rec
from whygrad.analyse import non_finite, probabilities, zero
from whygrad.analyse.findings import Finding
from whygrad.analyse.flow_back import FlowBack
from whygrad.analyse.scene import Scene
from whygrad.samples import Sample, Stats
from whygrad.words import GradientStatus, Severity

PATIENCE = 3  # steps in a row
FADED_BESIDE = 1e-9  # of the root mean square of another gradient of the same step
UNEXPLAINED = ("unknown", "other", "cancelled", "underflow", "faded")


@dataclass
class Lost:
    """One source whose gradient is zero or not finite in the last steps of a place."""

    scene: Scene
    index: int
    finding: Finding
    status: GradientStatus
    steps: int  # measured at this place
    severity: Severity


def lost(scenes: list[Scene]) -> Iterator[Lost]:
    """Everything that does not teach, place by place."""
    places: dict[int, list[tuple[Scene, Sample]]] = {}
    for sample in scenes[0].recording.samples if scenes else ():
        scene = scenes[sample.call]
        places.setdefault(scene.call.site, []).append((scene, sample))
    for samples in places.values():
        yield from _at_one_place(samples)


def _at_one_place(samples: list[tuple[Scene, Sample]]) -> Iterator[Lost]:
    last_scene, last = samples[-1]
    samples = [(scene, sample) for scene, sample in samples if len(sample.gradients) == len(last.gradients)]
    found: list[Lost] = []
    whole = probabilities.classify(last_scene, last)
    for index, source in enumerate(last_scene.call.sources):
        if whole is not None and last.gradients[index] is not None:
            whole.gradient = "zero"
            found.append(Lost(last_scene, index, whole, "zero", len(samples), "warning"))
            continue
        history = [sample.gradients[index] for _, sample in samples]
        status = verdict(history)
        if status is None or source.trainable is False or last_scene.call.zero_on_purpose:
            continue
        traced = [(scene, sample) for scene, sample in samples if sample.was_traced_back and _is(status, sample.gradients[index], history)]
        if not traced:
            continue
        scene, sample = traced[0] if status == "non-finite" else traced[-1]
        back = FlowBack(scene, sample)
        edges = scene.ways.path(scene.trace.key(scene.call.sources[index].tensor))  # tensors are others in each step
        if not edges:
            continue
        finding = (non_finite if status == "non-finite" else zero).classify(back, index, edges)
        finding.gradient = status
        if status == "zero" and not _is_certain(last, index, finding):
            continue
        found.append(Lost(scene, index, finding, status, len(history), _severity(finding, last, len(history), status, last_scene.call)))
    origin = next((one for one in found if one.status == "non-finite" and one.finding.facts.get("how") != "weights"), None)
    for one in found:
        if origin is not None and one.status == "non-finite" and one.finding.facts.get("how") == "weights":
            one.scene, one.finding = origin.scene, origin.finding  # the NaN of the first bad step has spread to it
        yield one


def verdict(history: list[Stats | None]) -> GradientStatus | None:
    """What became of one gradient over the steps that were measured; None: it is well, or missing, which is another matter."""
    tail = history[-PATIENCE:]
    if tail[-1] is None:
        return None
    was_bad = [stats is not None and stats.bad > 0 for stats in history]
    recovered = any(stats is not None and not stats.bad and not stats.is_zero for stats in history[was_bad.index(True) :]) if any(was_bad) else True
    if tail[-1].bad or not recovered:
        return "non-finite"
    return "zero" if all(stats is not None and _is("zero", stats, history) for stats in tail) else None


def _is(status: str, stats: Stats | None, history: list[Stats | None]) -> bool:
    if stats is None or status == "non-finite":
        return stats is not None and stats.bad > 0
    best = max((s.norm for s in history if s is not None and not s.bad), default=0.0)
    return stats.is_faint(best)


def _is_certain(last: Sample, index: int, finding: Finding) -> bool:
    """A small gradient that no operation explains is only small, unless others beside it are larger by many orders of magnitude."""
    stats, how = last.gradients[index], finding.facts.get("how")
    if stats is None or stats.is_zero or (finding.proven and how not in (None, *UNEXPLAINED)):
        return True
    others = max((s.rms for s in last.gradients if s is not None and not s.bad), default=0.0)
    return how == "faded" and 0 < stats.rms < others * FADED_BESIDE


def _severity(finding: Finding, last: Sample, steps: int, status: str, call: rec.GradientCall) -> Severity:
    """error: nothing learns; warning: some variables do not; note: it may well begin with the next step."""
    partner = finding.facts.get("partner key")
    moves = partner is not None and any(
        str(source.key) == partner and stats is not None and not stats.is_zero for source, stats in zip(call.sources, last.gradients)
    )
    if status == "zero" and steps < PATIENCE and moves:
        return "note"
    if all(map(_is_gone, last.gradients)):
        return "error"
    # The last bias of a siamese network, and the bias of the keys in an attention, never have a gradient and are healthy.
    return "note" if finding.facts.get("how") in ("cancelled", "unknown", "other") else "warning"


def _is_gone(stats: Stats | None) -> bool:
    return stats is None or stats.bad > 0 or stats.is_zero
