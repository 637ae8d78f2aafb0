"""Figures step by step in; a history of bounded size out: when it is full, every second point goes. Without TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

COLUMNS = ("norm", "largest", "zeros", "nonfinite", "present", "skipped", "weight", "ratio")
LIMIT = 1000  # points of one variable
POINTS = 100_000  # of all variables

Kept = Literal["kept", "counted", "thinned"]  # counted: the point itself is left out; thinned: every second point has gone, so write anew


class Point(NamedTuple):
    """The figures of one variable at one step. None: there is no gradient, or it was not measured at this step."""

    step: int
    norm: float | None  # L2
    largest: float | None  # absolute value
    zeros: float | None  # share of exact zeros, 0 to 1
    nonfinite: int | None  # elements
    skipped: bool  # the optimizer left the step out, as loss scaling does
    weight: float | None  # L2 norm of the weights before the step
    ratio: float | None  # norm of the change of the weights, over that; Inf where they were all zero

    @property
    def present(self) -> bool:
        return self.zeros is not None

    def to_json(self) -> dict[str, float | str | None]:
        """Plain numbers; those that JSON does not have are the texts "NaN", "Infinity", "-Infinity"."""
        return {name: _json(value) for name, value in self._asdict().items() if name != "step"}


class Thinner:
    """Says which of an endless stream of things are kept, so that there are never more than `limit`: all, then every 2nd, every 4th, ..."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit, self.stride = limit, 1
        self._next = self._kept = 0

    def wants(self) -> bool:
        """Whether the next one is kept."""
        wanted = self._next % self.stride == 0
        self._next += 1
        self._kept += wanted
        return wanted

    def full(self) -> bool:
        """Whether every second one of those kept is to go now; they are then taken as gone."""
        if self._kept <= self.limit:
            return False
        self._kept = (self._kept + 1) // 2
        self.stride *= 2
        return True


@dataclass(slots=True)
class Series:
    """One variable over time. `points` are down-sampled; the counts below are of every step that was noted.

    `name` as people know it; `shape` of the variable; `sparse`: its gradient comes as IndexedSlices.
    """

    name: str
    shape: tuple[int | None, ...] = ()
    sparse: bool = False
    points: list[Point] = field(default_factory=list)
    last: Point | None = None
    seen: int = 0  # steps
    missing: int = 0  # steps without a gradient
    zero_run: int = 0  # steps until now in which all elements were zero
    alive: int = 0  # steps with an element that is not zero
    skipped_run: int = 0  # steps until now that the optimizer left out
    moved: int = 0  # steps in which the weights were seen to change
    measured: int = 0  # steps in which that was looked at
    first_bad: Point | None = None  # the first that is not finite, apart from skipped steps

    @property
    def size(self) -> int:
        return math.prod(n or 1 for n in self.shape)

    def count(self, point: Point) -> None:
        """Take note of a step, whether or not its point is kept."""
        self.last, self.seen = point, self.seen + 1
        dead = point.zeros is not None and point.zeros >= 1.0
        self.missing += not point.present
        self.alive += point.present and not dead
        self.zero_run = self.zero_run + 1 if dead else 0 if point.present else self.zero_run
        self.skipped_run = self.skipped_run + 1 if point.skipped else 0
        if point.ratio is not None:
            self.measured += 1
            self.moved += point.ratio > 0.0
        if point.nonfinite and not point.skipped and self.first_bad is None:
            self.first_bad = point

    def latest(self, column: str) -> float | None:
        """The newest value of a figure that is not measured at every step."""
        newest = (getattr(p, column) for p in (*((self.last,) if self.last else ()), *reversed(self.points)))
        return next((v for v in newest if v is not None), None)


@dataclass(slots=True)
class Batch:
    """Variables that are updated together, so that their points are of the same steps."""

    series: list[Series]
    thinner: Thinner

    def points(self) -> Iterator[tuple[int, dict[str, Point]]]:
        """The points that are kept, step by step."""
        for together in zip(*(s.points for s in self.series), strict=True):
            yield together[0].step, {s.name: point for s, point in zip(self.series, together)}


class History:
    """The series of all variables, in the order of the model. `limit`: points of each, and `POINTS` of all together; never fewer than 50 of each."""

    def __init__(self, limit: int = LIMIT) -> None:
        if limit < 2:
            raise ValueError(f"limit is {limit}: a history needs room for 2 points or more")
        self.limit = limit
        self.batches: list[Batch] = []

    def __iter__(self) -> Iterator[Series]:
        return (s for b in self.batches for s in b.series)

    def __len__(self) -> int:
        return sum(len(b.series) for b in self.batches)

    def __getitem__(self, name: str) -> Series:
        """The series of a variable. Raises KeyError."""
        found = next((s for s in self if s.name == name), None)
        if found is None:
            raise KeyError(f"no variable {name!r}; there are {', '.join(s.name for s in self) or 'none yet'}")
        return found

    @property
    def steps(self) -> int:
        """The number of steps noted, of the variable with most of them."""
        return max((s.seen for s in self), default=0)

    def open(self, series: Sequence[Series]) -> Batch:
        """Room for variables that are updated together."""
        limit = min(self.limit, max(50, POINTS // max(len(series), 1)))
        self.batches.append(Batch(list(series), Thinner(limit)))
        return self.batches[-1]

    def add(self, batch: Batch, step: int, rows: Sequence[Sequence[float]]) -> Kept:
        """One step: `rows` hold, for each variable of the batch, the figures of COLUMNS. Says what became of it."""
        wanted = batch.thinner.wants()
        for one, row in zip(batch.series, rows):
            point = _point(step, row)
            one.count(point)
            if wanted:
                one.points.append(point)
        if not batch.thinner.full():
            return "kept" if wanted else "counted"
        for one in batch.series:
            one.points = one.points[::2]
        return "thinned"


def _point(step: int, row: Sequence[float]) -> Point:
    norm, largest, zeros, nonfinite, present, skipped, weight, ratio = row
    known = None if math.isnan(weight) else weight, None if math.isnan(ratio) else ratio
    if not present:
        return Point(step, None, None, None, None, bool(skipped), *known)
    return Point(step, norm, largest, zeros, int(nonfinite), bool(skipped), *known)


def _json(value: float | None) -> float | str | None:
    if value is None or isinstance(value, bool) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
