"""A child process of the tests: `python driver.py OPTIONS TARGET [ARGS]` is `whygrad run` with a watch and a renderer that need no TensorFlow."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whygrad.launch import run_command
from whygrad.model import Diagnosis, Environment, Outcome, Report


@dataclass
class FakeWatch:
    severity: str | None
    tensorflow: str | None
    fail: str | None
    show_source: str | None

    def finish(self, outcome: Outcome, exception: BaseException | None) -> Report:
        if self.fail == "finish":
            raise RuntimeError("finishing failed")
        environment = Environment("3", self.tensorflow, None)
        notices = () if self.show_source is None else (source_line(self.show_source),)
        return Report("0", environment, "run", outcome, diagnoses=self.diagnoses(), notices=notices)

    def abandon(self) -> None:
        if self.fail == "abandon":
            Path("abandoned").touch()
            raise RuntimeError("abandoning failed")

    def diagnoses(self) -> tuple[Diagnosis, ...]:
        return () if self.severity is None else (Diagnosis("zero-factor", "proven", self.severity, "m", "e", None),)  # type: ignore[arg-type]


def source_line(path: str) -> str:
    import linecache

    return f"TensorFlow: line 1 is {linecache.getline(os.path.abspath(path), 1)!r}"


def render(report: Report, **how: Any) -> str:
    outcome = report.outcome
    assert outcome is not None
    text = f"whygrad| status={outcome.exit_status} exception={outcome.exception} found={len(report.diagnoses)}\n"
    return text + "".join(f"whygrad| {notice}\n" for notice in report.notices)


def main() -> int:
    options, target, *args = sys.argv[1:]
    wishes = json.loads(options)
    fake = FakeWatch(wishes.pop("severity", None), wishes.pop("tensorflow", "2"), wishes.pop("fail", None), wishes.pop("show_source", None))
    if "output" in wishes:
        wishes["output"] = Path(wishes["output"])

    def start() -> FakeWatch:
        if fake.fail == "start":
            raise RuntimeError("starting failed")
        return fake

    return run_command(target, args, watch=start, render=render, **wishes)


if __name__ == "__main__":
    sys.exit(main())
