"""Recording and analysis of long streams: microseconds and bytes for each op, for 10^5 and 10^6 ops (linear: the figures stay the same).

The stream is really recorded: training steps of 40 tiny ops with a tape each, or one long chain of ops that the loss depends on. At its end
one gradient call fails, or none does. Each stream in a process of its own, so that the growth of its memory tells the bytes.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

from _measure import machine_speed

LENGTHS = (100_000, 1_000_000)
INNER = 16
MICROSECONDS, BYTES = 10.0, 300.0  # for recording and analysis of an op
PLAIN_PART = 20_000  # ops that are run without recording, for comparison


def memory() -> int:
    """Bytes of this process that are in memory (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def highest_memory() -> int:
    """The most there ever was."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


class Stream:
    """Programs of a given number of ops."""

    def __init__(self) -> None:
        import tensorflow as tf

        self.tf = tf
        self.x, self.half = tf.constant([1.0, 2.0]), tf.constant([0.5, 0.5])
        self.w = tf.Variable([1.0, 1.0])

    def spin(self, y: Any, ops: int) -> Any:
        raw = self.tf.raw_ops
        for _ in range(ops // 2):
            y = raw.AddV2(x=raw.Mul(x=y, y=self.half), y=self.x)
        return y

    def step(self, inner: int, fails: bool, start: Any) -> None:
        with self.tf.GradientTape() as tape:
            y = self.spin(start * self.w, inner)
            loss = self.tf.reduce_sum(self.tf.round(y) if fails else y)
        gradient = tape.gradient(loss, self.w)
        if gradient is not None:
            self.w.assign_sub(self.half * gradient)

    def steps(self, ops: int, fails: bool) -> None:
        for _ in range(ops // 40):
            self.step(INNER, False, self.x)
        self.step(INNER, fails, self.x)

    def chain(self, ops: int, fails: bool) -> None:
        self.step(INNER, fails, self.spin(self.x, ops))


def measure(kind: str, length: int, fails: bool) -> None:
    """One stream, recorded and analysed; prints a line of figures."""
    import whygrad

    stream = Stream()
    program = getattr(stream, kind)
    program(1000, False)
    start = time.process_time()
    program(PLAIN_PART, False)
    plain = (time.process_time() - start) / PLAIN_PART
    with whygrad.watch() as session:
        program(40, False)
        _ = session.diagnoses  # loads what the analysis consists of
        gc.collect()
        before, first, start = memory(), session._recorder.clock, time.process_time()
        program(length, fails)
        ops = session._recorder.clock - first
        recorded = (time.process_time() - start) / length
    start = time.process_time()
    causes = [d.cause for d in session.diagnoses]
    analysed = (time.process_time() - start) / ops
    if causes != (["non-differentiable-op"] if fails else []):
        raise RuntimeError(f"{kind}: {causes}")
    print(plain * 1e6, recorded * 1e6, analysed * 1e6, ops, (highest_memory() - before) / ops)


def main() -> int:
    if len(sys.argv) == 4:
        measure(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "fails")
        return 0
    within = True
    print(f"CPU time and growth of memory for each op; {machine_speed()}")
    for kind in ("steps", "chain"):
        for outcome in ("healthy", "fails"):
            for length in LENGTHS:
                done = subprocess.run([sys.executable, __file__, kind, str(length), outcome], capture_output=True, text=True, check=True)
                plain, recorded, analysed, ops, size = map(float, done.stdout.split())
                cost = recorded - plain + analysed
                good = cost <= MICROSECONDS and size <= BYTES
                within &= good
                print(
                    f"  {kind} {outcome:<8} {ops:9,.0f} ops: plain {plain:6.1f} us, recording +{recorded - plain:5.1f} us,"
                    f" analysis +{analysed:5.1f} us, together {cost / plain:.2f} x plain; {size:4.0f} bytes{'' if good else ': MISSED'}",
                    flush=True,
                )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
