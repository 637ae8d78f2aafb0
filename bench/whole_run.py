"""What a user waits for: `whygrad run program.py` until the diagnosis stands there, against plain python until the same program has failed."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from _measure import Samples, machine_speed

HERE = Path(__file__).resolve().parent
BUDGET = 1.15
PLAIN, WATCHED = "plain", "whygrad run"


def run(samples: Samples, variant: str, command: list[str], environment: dict[str, str]) -> str:
    """One process, its wall and CPU time noted. Returns what it wrote to standard error."""
    wall, cpu = time.perf_counter(), _cpu_of_children()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    samples.add(variant, time.perf_counter() - wall, _cpu_of_children() - cpu)
    if done.returncode == 0:
        raise RuntimeError(f"{command[-1]} is meant to fail")
    return done.stderr


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    within = True
    print(machine_speed())
    for program in sorted((HERE / "programs").glob("*.py")):
        samples = Samples()
        run(Samples(), PLAIN, [sys.executable, str(program)], environment)  # warms the disk's cache
        for _ in range(rounds):
            run(samples, PLAIN, [sys.executable, str(program)], environment)
            said = run(samples, WATCHED, [sys.executable, "-m", "whygrad", "run", str(program)], environment)
            if "non-differentiable-op" not in said and "integer-cast" not in said and "index-only" not in said:
                raise RuntimeError(f"no diagnosis of {program.name}:\n{said[-2000:]}")
        print(f"{program.name}, {rounds} rounds")
        within &= samples.report(WATCHED, PLAIN, BUDGET)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
