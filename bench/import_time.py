"""What it costs to import whygrad: fresh interpreters, the candidates in turn, medians against an empty python and against a budget."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

ROUNDS = 15
BUDGET_MS = {"whygrad": 50.0, "whygrad.cli": 100.0}
EMPTY = "pass"


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def medians(statements: Sequence[str]) -> Mapping[str, float]:
    """Milliseconds for each statement. Interleaved, so that a noisy moment hits all of them; the first round warms the caches."""
    rounds = [[seconds(s) for s in statements] for _ in range(ROUNDS + 1)][1:]
    return {s: 1000 * statistics.median(column) for s, column in zip(statements, zip(*rounds, strict=True), strict=True)}


def main() -> int:
    measured = medians([EMPTY, *(f"import {name}" for name in BUDGET_MS)])
    within = True
    print(f"python -c pass: {measured[EMPTY]:.1f} ms")
    for name, budget in BUDGET_MS.items():
        total = measured[f"import {name}"]
        extra = total - measured[EMPTY]
        within &= extra <= budget
        print(f"import {name}: {extra:.1f} ms more ({total / measured[EMPTY]:.2f} x), budget {budget:.0f} ms{'' if extra <= budget else ': MISSED'}")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
