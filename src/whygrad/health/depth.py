"""Series in the order of the network in; out comes whether the gradient shrinks or grows without bound on its way through the layers, and where most.

For each weight matrix the yardstick is the RMS of its gradient (norm over the square root of its size); the middle of the last steps counts.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from itertools import pairwise

from whygrad.health.history import Point, Series
from whygrad.health.naming import variable_info
from whygrad.model import Diagnosis, Fix

DECADES = 4.0  # between the first and the last layer
LAYERS = 4  # weight matrices, at least
STEPS = 5  # with a figure for every one of them, at least
LATEST = 20  # steps that are looked at
STEADY = 0.8  # of the steps show it; of the ways from layer to layer go the same direction
STRAIGHT = 0.9  # correlation of log10 RMS with depth


def through_the_depth(series: Sequence[Series]) -> Diagnosis | None:
    """`vanishing` or `exploding`, or None. Variables without a norm at a step, embeddings and anything with fewer than two axes are left out."""
    matrices = [s for s in series if len(s.shape) >= 2 and not s.sparse and s.alive]
    if len(matrices) < LAYERS:
        return None
    profiles = _profiles(matrices)
    if len(profiles) < STEPS:
        return None
    levels = [statistics.median(column) for column in zip(*profiles, strict=True)]
    rise = levels[-1] - levels[0]
    agreeing = sum(_is_trend(p) and (p[-1] > p[0]) == (rise > 0) for p in profiles)
    if not _is_trend(levels) or agreeing < STEADY * len(profiles):
        return None
    return _diagnosis(matrices, levels, len(profiles))


def _profiles(matrices: Sequence[Series]) -> list[list[float]]:
    """log10 RMS of all the matrices, layer by layer, for each of the latest steps at which every one has a norm."""
    by_step = [{p.step: value for p in _points(s) if (value := _level(p, s.size)) is not None} for s in matrices]
    steps = sorted(set.intersection(*map(set, by_step)))[-LATEST:]
    return [[values[step] for values in by_step] for step in steps]


def _points(series: Series) -> list[Point]:
    return series.points if series.last is None or series.last in series.points[-1:] else [*series.points, series.last]


def _level(point: Point, size: int) -> float | None:
    if point.norm is None or point.skipped or not math.isfinite(point.norm) or point.norm <= 0.0:
        return None
    return math.log10(point.norm / math.sqrt(size))


def _is_trend(levels: Sequence[float]) -> bool:
    rise = levels[-1] - levels[0]
    if abs(rise) < DECADES:
        return False
    steps = [b - a for a, b in pairwise(levels)]
    same = sum(step * rise > 0 for step in steps)
    return same >= STEADY * len(steps) and abs(statistics.correlation(levels, range(len(levels)))) >= STRAIGHT


def _diagnosis(matrices: Sequence[Series], levels: Sequence[float], steps: int) -> Diagnosis:
    rise = levels[-1] - levels[0]
    vanishing = rise > 0
    jumps = [(b - a) if vanishing else (a - b) for a, b in pairwise(levels)]
    at = max(range(len(jumps)), key=jumps.__getitem__)
    lower, upper, first, last = matrices[at].name, matrices[at + 1].name, matrices[0].name, matrices[-1].name
    verb = "shrinks" if vanishing else "grows"
    typical = 10 ** statistics.median(jumps)
    return Diagnosis(
        cause="vanishing" if vanishing else "exploding",
        certainty="proven",
        severity="warning",
        message=f"the gradient {verb} {10 ** abs(rise):.2g} times on its way from `{last}` (RMS {10 ** levels[-1]:.2g}) down to `{first}` "
        f"({10 ** levels[0]:.2g}), most between `{upper}` and `{lower}` ({10 ** jumps[at]:.2g} times)",
        explanation=f"Over {steps} steps it {verb} from layer to layer, {typical:.2g} times at each in the middle. "
        + ("The first layers hardly learn." if vanishing else "The first layers take steps that are far too large."),
        location=None,
        gradient="ok",
        variables=tuple(map(variable_info, matrices)),
        fix=Fix(
            "relu instead of sigmoid or tanh, residual connections, normalisation, or He/Glorot initialisation"
            if vanishing
            else "a smaller initialisation, normalisation, or clipping (`clipnorm=` of the optimizer)"
        ),
    )
