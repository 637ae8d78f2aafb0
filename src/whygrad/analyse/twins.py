"""Kernels whose units can never differ: equal when training begins, with equal gradients in every step that was measured, and equal at its end.

That alone would also hold for outputs that have equal targets. So there must be a next layer, too, that takes the units in and treats them
alike: the numbers it begins with, and its gradients, are the same for all of them. Then the units are equal after each update, whatever the
optimizer, as long as it treats elements by themselves. The same holds for some units only, where they are copies of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whygrad import recording as rec
from whygrad.analyse.scene import Scene
from whygrad.samples import FEW, Alike, First, Sample, copies_in

COPIES = frozenset({"ReadVariableOp", "Identity", "Cast"})
STEPS = 2  # that show equal gradients, at least
MORE_STEPS = 3  # the same for copies whose end was not seen: dropout may spare a few units twice
PART = 8  # one of so many units is a copy, at least


@dataclass(frozen=True, slots=True)
class Twins:
    """Source number `index` of a call, whose units are equal so many (`units`) at a time: all, or those of each gate of a recurrent layer.

    `proven`: the units are still equal at the end, and were updated meanwhile. `copies`: so many of the `units` are copies of `others` among them;
    0: all are equal.
    """

    scene: Scene
    index: int
    units: int
    next_layer: int
    steps: int
    proven: bool
    copies: int = 0
    others: int = 0

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
            yield Twins(scene, index, units, following, len(samples), _was_seen_to_the_end(scene, index))
        elif not units:
            yield from _partly(scene, index, samples)


def _was_seen_to_the_end(scene: Scene, index: int) -> bool:
    variable = _variable(scene, index)
    return variable.alike_at_end is not None and bool(variable.changed)


def _partly(scene: Scene, index: int, samples: list[Sample]) -> Iterator[Twins]:
    """Copies among the units: the same ones at first, in all gradients and at the end, in the kernel and in a next layer that takes them in alike."""
    known, proven = _known(scene, index, samples), _was_seen_to_the_end(scene, index)
    enough = len(samples) >= (STEPS if proven else MORE_STEPS) and _is_trained(scene, index, samples)
    if not enough or not all(one is not None and one.first for one in known):
        return
    begun = known[0].first if known[0] is not None else ()
    if any(_has_gates(scene, len(begun) // gates, len(begun), index) for gates in (3, 4)):
        return  # its columns are no units
    for i in samples[-1].alike:
        taken = [one.takes(begun) if one is not None else () for one in _known(scene, i, samples)]
        if i == index or not all(taken):
            continue
        left = _common([*(one.first for one in known if one is not None), *taken])
        copies = copies_in(left)
        if copies >= max(FEW, len(left) / PART) and meets(scene, index, i):
            others = len({first for own, first in enumerate(left) if own != first})
            yield Twins(scene, index, len(left), i, len(samples), proven, copies, others)
            return


def _common(all_of_them: list[First]) -> First:
    """What is a copy in each."""
    return tuple(firsts[0] if len(set(firsts)) == 1 else own for own, firsts in enumerate(zip(*all_of_them, strict=True)))


def _variable(scene: Scene, index: int) -> rec.Variable:
    return scene.recording.variables[scene.call.sources[index].tensor]


def _equal(scene: Scene, index: int, samples: list[Sample]) -> int:
    """How many units at a time are equal: at first, in all gradients, of which two at least are not zero, and at the end. 0: none."""
    if not _is_trained(scene, index, samples):
        return 0
    known, total = _known(scene, index, samples), (_variable(scene, index).shape or (0,))[-1] or 0
    parts = {n for one in known if one is not None for n in one.parts if _has_gates(scene, n, total)}
    sizes = [total, *sorted(parts, reverse=True)]
    return next((n for n in sizes if all(one is not None and one.has_columns(n) for one in known)), 0)


def _is_trained(scene: Scene, index: int, samples: list[Sample]) -> bool:
    """Whether enough of its gradients say something; not where it is known that nothing came of them."""
    if _variable(scene, index).changed is False:
        return False
    stats = [sample.gradients[index] for sample in samples]
    return sum(s is not None and not s.bad and not s.is_faint() for s in stats) >= STEPS


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
        if meets(scene, index, i) and not (gated and (_variable(scene, i).shape or ())[-2:] == (units, (own.shape or (0,))[-1])):
            return i
    return None


def _has_gates(scene: Scene, units: int, columns: int, but: int = -1) -> bool:
    """Whether one of the variables hands so many units on to as many gates as the columns hold: it makes a layer a recurrent one."""
    variables = (scene.recording.variables.get(source.tensor) for i, source in enumerate(scene.call.sources) if i != but)
    return any(v is not None and v.shape is not None and v.shape[-2:] == (units, columns) for v in variables)


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
