"""What came out of gradient calls, in figures: no values are kept, only what they look like. The recorder measures, the analysis reads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

UNKNOWN = -1
TINY = 1e-7  # root mean square below which a gradient may be rounding noise
FADED = 1e-6  # of the largest norm before: nothing is left of that gradient


@dataclass(frozen=True, slots=True)
class Stats:
    """The values of one tensor. `low`, `high` and `norm` (L2) are those of its finite values; `zeros` may be UNKNOWN; `first_bad` is an index."""

    size: int
    zeros: int
    bad: int  # NaN or infinite
    low: float
    high: float
    norm: float
    first_bad: tuple[int, ...] | None = None

    @property
    def largest(self) -> float:
        """The largest absolute value among the finite ones."""
        return max(abs(self.low), abs(self.high))

    @property
    def is_zero(self) -> bool:
        return self.bad == 0 and self.low == self.high == 0.0 and self.size > 0

    def is_faint(self, best: float = 0.0) -> bool:
        """Zero, so small that it may be rounding noise, or nothing beside the `best` norm that was seen before."""
        return self.size > 0 and self.bad == 0 and (self.rms < TINY or self.norm < FADED * best)

    @property
    def rms(self) -> float:
        return self.norm / math.sqrt(self.size) if self.size else 0.0


@dataclass(frozen=True, slots=True)
class Alike:
    """Which numbers of a kernel [..., inputs, units], or of its gradient, are the same (up to rounding).

    `columns`: those of all units. `rows`: sizes n, such that of the inputs, taken n at a time, all n have the same.
    `parts`: sizes n, such that of the units, taken n at a time, all n have the same, while not all units have: as the gates of a recurrent layer.
    """

    columns: bool
    rows: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()

    def has_columns(self, size: int) -> bool:
        """Whether the units are the same, `size` at a time."""
        return self.columns or size in self.parts

    def has_rows(self, size: int) -> bool:
        """Whether the inputs are the same, `size` at a time."""
        return any(known % size == 0 for known in self.rows)


@dataclass(slots=True)
class Sample:
    """One answer of gradient call number `call`: eagerly every call gives one, a call in a traced function one for each run that was looked at.

    Where something was wrong, `values` and `cotangents` (the gradient of the target) of the tensors between are there, by tensor id.
    `alike`: of the gradients, by their place, where the variable itself began with equal units.
    """

    call: int
    gradients: tuple[Stats | None, ...]
    values: dict[int, Stats] = field(default_factory=dict)
    cotangents: dict[int, Stats] = field(default_factory=dict)
    alike: dict[int, Alike] = field(default_factory=dict)

    @property
    def was_traced_back(self) -> bool:
        return bool(self.cotangents)


def is_wrong(gradients: Sequence[Stats | None], best: Mapping[int, float]) -> bool:
    """Whether an answer is worth following back: NaN or exact zeros in it, or nothing but noise. One noisy gradient among others is healthy."""
    there = {i: found for i, found in enumerate(gradients) if found is not None and found.size}
    if any(found.bad or found.is_zero for found in there.values()):
        return True
    return bool(there) and all(found.is_faint(best.get(i, 0.0)) for i, found in there.items())
