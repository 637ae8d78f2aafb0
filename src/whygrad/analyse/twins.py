"""Kernels whose units can never differ: equal when training begins, with equal gradients in every step that was measured, and equal at its end.

That alone would also hold for outputs that have equal targets. So there must be a next layer, too, that takes the units in and treats them
alike: the numbers it begins with, and its gradients, are the same for all of them. Then the units are equal after each update, whatever the
optimizer, as long as it treats elements by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whygrad import recording as rec
from whygrad.analyse.scene import Scene
from whygrad.samples import Alike, Sample

COPIES = frozenset({"ReadVariableOp", "Identity", "Cast"})
STEPS = 2  # that show equal gradients, at least


@dataclass(frozen=True, slots=True)
class Twins:
    """Source number `index` of a call, whose units are equal so many (`units`) at a time: all, or those of each gate of a recurrent layer.

    `proven`: the units are still equal at the end, and were updated meanwhile.
    """

    scene: Scene
    index: int
    units: int
    next_layer: int
    steps: int
    proven: bool

    @property
    def variable(self) -> rec.Variable:
        return _variable(self.scene, self.index)


def found(scenes: list[Scene]) -> Iterator[Twins]:
    """Everything of this kind, place by place."""
    places: dict[int, list[tuple[Scene, Sample]]] = {}
    for sample in scenes[0].recording.samples if scenes else ():
        if sample.alike:
            places.setdefault(scenes[sample.call].call.site, []).append((scenes[sample.call], sample))
    for samples in places.values():
        if len(samples) >= STEPS and len({scene.call.sources for scene, _ in samples}) == 1:
            yield from _at_one_place(samples[-1][0], [sample for _, sample in samples])


def _at_one_place(scene: Scene, samples: list[Sample]) -> Iterator[Twins]:
    for index in samples[-1].alike:
        units = _equal(scene, index, samples)
        following = _next_layer(scene, index, units, samples) if units else None
        if following is not None:
            end = _variable(scene, index)
            yield Twins(scene, index, units, following, len(samples), end.alike_at_end is not None and bool(end.changed))


def _variable(scene: Scene, index: int) -> rec.Variable:
    return scene.recording.variables[scene.call.sources[index].tensor]


def _equal(scene: Scene, index: int, samples: list[Sample]) -> int:
    """How many units at a time are equal: at first, in all gradients, of which two at least are not zero, and at the end. 0: none."""
    stats = [sample.gradients[index] for sample in samples]
    if sum(s is not None and not s.bad and not s.is_faint() for s in stats) < STEPS:
        return 0
    known, total = _known(scene, index, samples), (_variable(scene, index).shape or (0,))[-1] or 0
    sizes = [total, *sorted({n for one in known if one is not None for n in one.parts}, reverse=True)]
    return next((n for n in sizes if all(one is not None and one.has_columns(n) for one in known)), 0)


def _known(scene: Scene, index: int, samples: list[Sample]) -> list[Alike | None]:
    """What is known of a kernel: at first, of all gradients, and at the end."""
    variable = _variable(scene, index)
    known = [variable.alike, *(sample.alike.get(index) for sample in samples)]
    return known if variable.alike_at_end is None else [*known, variable.alike_at_end]


def _next_layer(scene: Scene, index: int, units: int, samples: list[Sample]) -> int | None:
    """One that takes the units in and treats them alike. For gates not the kernel by which the layer hands its units to itself."""
    own = _variable(scene, index)
    gated = units != (own.shape or (0,))[-1]
    if gated and own.initial == "zeros":
        return None  # the biases of a GRU, which have two axes
    for i in samples[-1].alike:
        if i == index or not all(one is not None and one.has_rows(units) for one in _known(scene, i, samples)):
            continue
        if meets(scene, index, i) and not (gated and _has_gates(_variable(scene, i), units)):
            return i
    return None


def _has_gates(variable: rec.Variable, units: int) -> bool:
    return variable.shape is not None and variable.shape[-2] == units and (variable.shape[-1] or 0) in [units * gates for gates in (3, 4)]


def meets(scene: Scene, first: int, second: int) -> bool:
    """Whether something that was computed with the first variable is combined with the second one itself, in what the tape recorded."""
    one, other = (scene.trace.key(scene.call.sources[i].tensor) for i in (first, second))
    own, next_own, computed = {one}, {other}, set[int]()
    for node in scene.trace.nodes[scene.trace.position(scene.began) :]:
        if not scene.judge.records(node):
            continue
        if any(k in computed for k in node.inputs):
            if any(k in next_own for k in node.inputs):
                return True
            computed.update(node.outputs)
        elif any(k in own for k in node.inputs):
            (own if node.kind in COPIES else computed).update(node.outputs)
        elif node.kind in COPIES and any(k in next_own for k in node.inputs):
            next_own.update(node.outputs)
    return False
