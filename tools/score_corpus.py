"""The folders of corpus/ come in, `whygrad run` is tried on each, and out goes what is wrong, one line a case, then the score.

A case is right when the first diagnosis above a note names an accepted cause at an accepted line, the program ended as it does
under plain python, and its repaired twin brings no diagnosis above a note.
"""

from __future__ import annotations

import argparse
import ast
import fnmatch
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CORPUS = Path(__file__).parents[1] / "corpus"
ENVIRONMENT = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
SIZE_CAUSES = {"flat-region", "zero-factor", "vanishing", "exploding", "non-finite"}
LONGEST_SPAN, TIMEOUT = 9, 300  # lines: a diagnosis that covers more points at nothing; seconds


@dataclass(frozen=True, slots=True)
class Case:
    """One folder: what is wrong in broken.py, and where."""

    folder: Path
    cause: str
    accepted: frozenset[str]
    lines: tuple[int, ...]
    symptom: str

    @property
    def about_size(self) -> bool:
        return self.symptom == "zero" or self.cause in SIZE_CAUSES


@dataclass(frozen=True, slots=True)
class Run:
    """A finished program: how it ended, how long it took, what was reported (None: no report was written)."""

    status: int
    seconds: float
    report: dict[str, Any] | None
    last_words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one case."""

    case: str
    want: str
    got: str
    about_size: bool
    cause_right: bool
    line_right: bool
    baseline_right: bool
    problems: tuple[str, ...]
    ratio: float

    @property
    def right(self) -> bool:
        return self.cause_right and self.line_right and not self.problems


def read_case(folder: Path) -> Case:
    data = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    return Case(folder, data["cause"], frozenset({data["cause"], *data.get("also", ())}), tuple(data["lines"]), data["symptom"])


def execute(program: Path, *before: str, report: Path | None = None) -> Run:
    """Run a program in its own folder, by plain python or through the arguments in `before`."""
    start = time.perf_counter()
    try:
        command = [sys.executable, *before, program.name]
        done = subprocess.run(command, cwd=program.parent, env=ENVIRONMENT, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return Run(124, TIMEOUT, None, f"still running after {TIMEOUT} s")
    seconds = time.perf_counter() - start
    return Run(done.returncode, seconds, parsed(report) if report else None, "".join(done.stderr.strip().splitlines()[-1:]))


def parsed(report: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(report.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def watched(program: Path) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        return execute(program, "-m", "whygrad", "run", "--format", "json", "--output", str(report), report=report)


def loud(run: Run) -> list[dict[str, Any]]:
    return [d for d in (run.report or {}).get("diagnoses", ()) if d["severity"] != "note"]


def spot(diagnosis: dict[str, Any]) -> tuple[str, range]:
    """The file name of a diagnosis and its lines; no lines where it covers too many to point at anything."""
    place = diagnosis["location"] or {"path": "", "line": 0, "end_line": 99}
    lines = range(place["line"], max(place["line"], place["end_line"]) + 1)
    return Path(place["path"]).name, lines if len(lines) <= LONGEST_SPAN else range(0)


def named(diagnosis: dict[str, Any]) -> str:
    name, lines = spot(diagnosis)
    return f"{diagnosis['cause']} at {name}:{lines.start}" if lines else diagnosis["cause"]


def loss_lines(program: Path) -> set[int]:
    """The baseline: blame where the loss of `gradient(loss, ...)` or `minimize(loss, ...)` is computed, or the call of `fit`."""
    tree = ast.parse(program.read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    asked = [c for c in calls if c.func.attr in {"gradient", "minimize", "compute_gradients"} and c.args]  # type: ignore[attr-defined]
    losses = {c.args[0].id for c in asked if isinstance(c.args[0], ast.Name)}
    assigned = [n for n in ast.walk(tree) if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id in losses for t in n.targets)]
    return {n.lineno for n in assigned} or {c.lineno for c in calls if c.func.attr == "fit"}  # type: ignore[attr-defined]


def problems(broken: Run, plain: Run, fixed: Run) -> tuple[str, ...]:
    found = [f"{name}: no report ({run.last_words})" for name, run in (("broken.py", broken), ("fixed.py", fixed)) if run.report is None]
    if broken.status != plain.status:
        found.append(f"exit status {broken.status}, plain python {plain.status}")
    return (*found, *(f"false alarm: {named(d)}" for d in loud(fixed)))


def judge(case: Case) -> Verdict:
    program = case.folder / "broken.py"
    plain, broken, fixed = execute(program), watched(program), watched(case.folder / "fixed.py")
    first = next(iter(loud(broken)), {"cause": "no diagnosis", "location": None})
    name, lines = spot(first)
    return Verdict(
        case=case.folder.name,
        want=f"{case.cause} at {', '.join(map(str, case.lines))}",
        got=named(first),
        about_size=case.about_size,
        cause_right=first["cause"] in case.accepted,
        line_right=name == program.name and not set(case.lines).isdisjoint(lines),
        baseline_right=not set(case.lines).isdisjoint(loss_lines(program)),
        problems=problems(broken, plain, fixed),
        ratio=broken.seconds / plain.seconds,
    )


def score(title: str, verdicts: Sequence[Verdict]) -> str:
    right, cause, line, blamed = (sum(getattr(v, k) for v in verdicts) for k in ("right", "cause_right", "line_right", "baseline_right"))
    return f"{title:<28} {right:>3}/{len(verdicts)} right  (cause {cause}, line {line}; blaming the line of the loss {blamed})"


def summary(verdicts: Sequence[Verdict]) -> str:
    missing, size = ([v for v in verdicts if v.about_size is wanted] for wanted in (False, True))
    lines = (score("all", verdicts), score("  gradient missing", missing), score("  gradient zero, not finite", size))
    ratio = statistics.median(v.ratio for v in verdicts)
    return "\n".join([*lines, f"wall time against plain python: median {ratio:.2f} x"])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--only", default="*", metavar="GLOB", help="the folders whose name matches")
    parser.add_argument("--jobs", type=int, default=2, help="programs side by side (the wall times are honest with 1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every verdict")
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    cases = [read_case(t.parent) for t in sorted(asked.corpus.glob("*/case.toml")) if fnmatch.fnmatch(t.parent.name, asked.only)]
    if not cases:
        raise SystemExit(f"no case matches {asked.only!r} in {asked.corpus}")
    with ThreadPoolExecutor(asked.jobs) as pool:
        verdicts = list(pool.map(judge, cases))
    for v in verdicts:
        if not v.right:
            print(f"{v.case}: want {v.want}; got {v.got}" + "".join(f"; {p}" for p in v.problems))
    print(summary(verdicts))
    if asked.json:
        asked.json.write_text(json.dumps([{**asdict(v), "right": v.right} for v in verdicts], indent=1), encoding="utf-8")
    return 0 if all(v.right for v in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
