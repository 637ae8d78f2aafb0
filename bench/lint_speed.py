"""What `whygrad check` takes, side by side with ruff, pylint, pyflakes and TorchFix on the same trees in one run. Tools that are missing are named.

    python bench/lint_speed.py [--rounds 3] [--slow-rounds 1] [--tree packages|scripts|both|none] [--tools FOLDER] [--json FILE]

`--tools` is the folder in which the other tools are installed (a virtual environment's bin); by default that of this Python, then the PATH.
The trees: the installed tensorflow, keras and tf_keras packages; and a project of 200 training scripts made from corpus/.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from _measure import machine_speed

ROOT = Path(__file__).parents[1]
SCRIPTS = 200
WHYGRAD = [sys.executable, "-m", "whygrad", "check", "--format", "concise", "--output", os.devnull]
# Each as it is run in CI: its default rules, several processes where it knows how, and no cache, so that it does its work.
OTHERS: Mapping[str, Sequence[str]] = {
    "ruff": ["ruff", "check", "--no-cache", "--quiet", "--isolated"],
    "pyflakes": ["pyflakes"],
    "torchfix": ["torchfix", "--select", "ALL"],
    "pylint": ["pylint", "--jobs", str(os.cpu_count() or 1), "--rcfile", os.devnull],
}
SLOW = ("torchfix", "pylint")
BUDGETS = {"pylint": 20.0, "torchfix": 10.0, "ruff": 1.0}  # so many times faster whygrad is to be
CPU: dict[str, list[float]] = {}  # seconds of each tool on the tree at hand
START_BUDGET = 3.0  # times `python -c pass`, for one small file


def main() -> int:
    """1 when a budget is missed."""
    options = _options()
    print(machine_speed(), flush=True)
    tools = dict(_found(options.tools))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder, "cache"))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder, "bytecode"))
        project = Path(folder, "project")
        _make_project(project)
        small = [small_file(Path(folder), name) for name in ("with a finding", "clean")]
        trees = {"packages": ("the tensorflow, keras and tf_keras packages", _packages()), "scripts": (f"{SCRIPTS} training scripts", [str(project)])}
        chosen = [about for tree, about in trees.items() if options.tree in (tree, "both")]
        results = {name: _tree(name, paths, tools, options) for name, paths in chosen}
        results["one small file"] = _one_file(small)
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    return 0 if all(list(_verdicts(results))) else 1


def small_file(folder: Path, which: str) -> Path:
    """The README's program, or the same repaired."""
    text = (ROOT / "examples" / "first.py").read_text("utf-8")
    if which == "clean":
        text = text.replace("tf.cast(tf.math.greater(score, 0.0), tf.float32)", "tf.sigmoid(score)")
    file = folder / which.replace(" ", "_") / "first.py"
    file.parent.mkdir()
    file.write_text(text)
    return file


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="whygrad check against other checkers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow-rounds", type=int, default=1, help="rounds of pylint and TorchFix, which take minutes")
    parser.add_argument("--limit", type=int, default=3600, help="seconds after which a tool is stopped: its figure is then a lower bound")
    parser.add_argument("--tree", choices=["packages", "scripts", "both", "none"], default="both")
    parser.add_argument("--tools", type=Path, default=Path(sysconfig.get_path("scripts")))
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _found(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for name, command in OTHERS.items():
        program = shutil.which(command[0], path=str(folder)) or shutil.which(command[0])
        if program is None:
            print(f"{name}: not installed, not compared (pip install {name})")
        else:
            yield name, [program, *command[1:]]


def _packages() -> list[str]:
    found = [Path(sysconfig.get_path("purelib"), name) for name in ("tensorflow", "keras", "tf_keras")]
    for missing in (p.name for p in found if not p.is_dir()):
        print(f"{missing}: not installed, not in the tree")
    return [str(p) for p in found if p.is_dir()]


def _make_project(project: Path) -> None:
    """Broken and repaired programs under names of their own; no two are alike."""
    programs = sorted([*ROOT.glob("corpus/*/broken.py"), *ROOT.glob("corpus/*/fixed.py")])
    project.mkdir()
    for number in range(SCRIPTS):
        source = programs[number % len(programs)]
        text = source.read_text("utf-8") + f"# copy {number // len(programs)}\n"
        (project / f"train_{number:03}_{source.parent.name.replace('-', '_')}.py").write_text(text)


def _tree(name: str, paths: Sequence[str], tools: Mapping[str, Sequence[str]], options: argparse.Namespace) -> dict[str, float]:
    print(f"\n{name}: {_size(paths)}", flush=True)
    cold, warm = [*WHYGRAD, "--no-cache", *paths], [*WHYGRAD, *paths]
    _seconds(warm)  # fills the cache, and the system's
    seconds: dict[str, list[float]] = {}
    CPU.clear()
    for number in range(max(options.rounds, options.slow_rounds)):  # in turn, so that a noisy moment hits all of them
        if number < options.rounds:
            seconds.setdefault("whygrad, no cache", []).append(_seconds(cold, about="whygrad, no cache"))
            seconds.setdefault("whygrad, warm cache", []).append(_seconds(warm, about="whygrad, warm cache"))
        for tool, command in tools.items():
            if number < (options.slow_rounds if tool in SLOW else options.rounds):
                seconds.setdefault(tool, []).append(_seconds([*command, *_named(tool, paths)], options.limit, tool))
    medians = {tool: statistics.median(times) for tool, times in seconds.items()}
    base = medians["whygrad, no cache"]
    for tool, median in medians.items():
        cpu = statistics.median(CPU.get(tool, [float("nan")]))
        print(
            f"  {tool:<20} {median:8.2f} s {median / base:7.2f} x whygrad without cache; {cpu:7.2f} s of CPU ({len(seconds[tool])} rounds)",
            flush=True,
        )
    return medians


def _named(tool: str, paths: Sequence[str]) -> Sequence[str]:
    """pylint takes folders without an `__init__.py` for nothing: it gets the files."""
    if tool != "pylint":
        return paths
    return [str(file) for path in paths for file in sorted(Path(path).rglob("*.py"))] if len(paths) == 1 else paths


def _size(paths: Sequence[str]) -> str:
    files = [file for path in paths for file in Path(path).rglob("*.py")]
    return f"{len(files)} files, {sum(_lines(file) for file in files):,} lines"


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n")


def _one_file(files: Sequence[Path]) -> dict[str, float]:
    commands = {"python -c pass": [sys.executable, "-c", "pass"]}
    for file in files:
        about = file.parent.name.replace("_", " ")
        commands[f"{about}, no cache"] = [*WHYGRAD[:4], "--format", "json", "--no-cache", str(file)]
        commands[f"{about}, warm cache"] = [*WHYGRAD[:4], "--format", "json", str(file)]
        commands[f"{about}, for a terminal"] = [*WHYGRAD[:4], "--format", "terminal", "--no-cache", str(file)]
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(16):
        for name, command in commands.items():
            seconds[name].append(_seconds(command))
    medians = {name: statistics.median(times[1:]) for name, times in seconds.items()}
    print("\none small file, from the shell, JSON but where it is said:")
    for name, median in medians.items():
        print(f"  {name:<28} {1000 * median:7.1f} ms   {median / medians['python -c pass']:5.2f} x")
    return medians


def _seconds(command: Sequence[str], limit: int = 3600, about: str = "") -> float:
    """Wall seconds; those of the CPU, which say more on a busy machine, are noted under `about`."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = threading.Timer(limit, process.kill)  # `wait(timeout)` would look every 16, then every 32 ms whether it has ended
    end.start()
    status = process.wait()
    seconds = time.perf_counter() - start
    if not end.is_alive():
        print(f"  {Path(command[0]).name} was stopped after {limit} s")
        return seconds
    end.cancel()
    if status < 0:
        raise SystemExit(f"{command[0]} was ended by signal {-status}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    CPU.setdefault(about, []).append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return seconds


def _verdicts(results: Mapping[str, Mapping[str, float]]) -> Iterator[bool]:
    print("\nbudgets:")
    for name, medians in results.items():
        base = medians.get("whygrad, no cache")
        for tool, budget in BUDGETS.items():
            if base is not None and tool in medians:
                ratio = medians[tool] / base
                print(f"  {name}: {ratio:.2f} x faster than {tool}, budget {budget:.0f}{'' if ratio >= budget else ': MISSED'}")
                yield ratio >= budget
    one = results["one small file"]
    for what, seconds in one.items():
        ratio = seconds / one["python -c pass"]
        if what != "python -c pass":
            print(f"  one small file, {what}: {ratio:.2f} x python -c pass, budget {START_BUDGET:.0f}{'' if ratio <= START_BUDGET else ': MISSED'}")
            yield ratio <= START_BUDGET


if __name__ == "__main__":
    sys.exit(main())
