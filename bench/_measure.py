"""Variants of the same work in, timed in turn so that a noisy moment hits all of them; out come medians of ratios, with their quartiles."""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Work = Callable[[], None]


@dataclass
class Samples:
    """Wall and CPU seconds of each variant, one pair for each round."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def add(self, variant: str, wall: float, cpu: float) -> None:
        self.wall.setdefault(variant, []).append(wall)
        self.cpu.setdefault(variant, []).append(cpu)

    def timed(self, variant: str, work: Work, times: int = 1) -> None:
        """Do the work so many times; note the mean of one."""
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(times):
            work()
        self.add(variant, (time.perf_counter() - wall) / times, (time.process_time() - cpu) / times)

    def milliseconds(self, variant: str) -> float:
        return 1000 * statistics.median(self.wall[variant])

    def extra(self, variant: str, base: str) -> float:
        """Median of what the variant takes longer than the base, in milliseconds of CPU."""
        return 1000 * statistics.median(v - b for v, b in zip(self.cpu[variant], self.cpu[base], strict=True))

    def report(self, variant: str, base: str, budget: float | None = None) -> bool:
        """Print the ratio of the variant to the base; whether it is within the budget."""
        wall, cpu = (_ratios(which, variant, base) for which in (self.wall, self.cpu))
        verdict = "" if budget is None else f"; budget {budget:.2f}{'' if wall[1] <= budget else ': MISSED'}"
        print(
            f"  {variant:<12} {self.milliseconds(variant):9.3f} ms against {self.milliseconds(base):9.3f} ms: {wall[1]:.3f} x"
            f" (quartiles {wall[0]:.3f} to {wall[2]:.3f}; CPU {cpu[1]:.3f} x, {cpu[0]:.3f} to {cpu[2]:.3f}){verdict}"
            f"; the median lies, at 95 %, in {_interval(self.wall, variant, base)}, CPU {_interval(self.cpu, variant, base)}",
            flush=True,
        )
        return budget is None or wall[1] <= budget


def _ratios(seconds: Mapping[str, Sequence[float]], variant: str, base: str) -> tuple[float, float, float]:
    """Quartiles of the ratios of each round."""
    low, middle, high = statistics.quantiles((v / b for v, b in zip(seconds[variant], seconds[base], strict=True)), n=4)
    return low, middle, high


def _interval(seconds: Mapping[str, Sequence[float]], variant: str, base: str) -> str:
    """Where the median of the ratios lies at 95 %: between two of them in order, chosen by the binomial distribution, whatever theirs is."""
    ratios = sorted(v / b for v, b in zip(seconds[variant], seconds[base], strict=True))
    count, outside = len(ratios), 0.0
    for rank in range(count // 2):
        outside += math.comb(count, rank) / 2**count
        if outside > 0.025:
            return f"{ratios[max(rank - 1, 0)]:.3f} to {ratios[count - 1 - max(rank - 1, 0)]:.3f}"
    return f"{ratios[0]:.3f} to {ratios[-1]:.3f}"


def machine_speed() -> str:
    """A line that tells how fast, and how disturbed, this machine is just now."""
    seconds = sorted(_count() for _ in range(7))
    versions = f"Python {sys.version.split()[0]}"
    return f"{versions}; adding up ten million numbers takes {seconds[0]:.2f} s at best, {seconds[3]:.2f} in the middle, {seconds[-1]:.2f} at worst"


def _count() -> float:
    start = time.perf_counter()
    sum(range(10_000_000))
    return time.perf_counter() - start
