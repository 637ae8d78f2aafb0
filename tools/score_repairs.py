"""The folders of corpus/ come in; each program is checked and repaired, TensorFlow judges what came out, and the score goes out.

A repair counts when the check finds nothing afterwards, the program ends normally, and every gradient that it asks for is there, finite and not
all zero. The judge knows nothing of whygrad: it is a child process that counts the answers of `gradient` and `compute_gradients`.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from whygrad.lint.fixing import repaired
from whygrad.lint.flow import examine
from whygrad.lint.one_file import Checker
from whygrad.model import Diagnosis

CORPUS = Path(__file__).parents[1] / "corpus"
ENVIRONMENT = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
TIMEOUT = 300
COUNTER = """
import atexit, json, runpy, sys
import numpy as np, tensorflow as tf
from tensorflow.python.training import optimizer as v1
best, kept, ORDER = {}, [], ["none", "zero", "not finite", "ok"]
def note(source, status):
    kept.append(source)
    name = f"{getattr(source, 'path', None) or source.name} {source.shape}" if hasattr(source, "assign") else "a tensor"
    best[name] = max(best.get(name, "none"), status, key=ORDER.index)
def status_of(values):
    return "not finite" if not np.all(np.isfinite(values)) else "ok" if np.any(values) else "zero"
def look(source, gradient):
    if gradient is None:
        return note(source, "none")
    dense = tf.convert_to_tensor(gradient)
    if hasattr(dense, "numpy"):
        return note(source, status_of(np.asarray(dense).astype("float64")))
    if not tf.inside_function() or "jit_compile" in text:
        return note(source, "ok")
    def late(values):
        note(source, status_of(values.astype("float64")))
        return np.int32(0)
    tf.numpy_function(late, [dense], tf.int32)
gradient, compute = tf.GradientTape.gradient, v1.Optimizer.compute_gradients
def asked(self, target, sources, *a, **k):
    out = gradient(self, target, sources, *a, **k)
    flat = tf.nest.flatten(sources)
    for source, found in zip(flat, [None] * len(flat) if out is None else tf.nest.flatten(out)):
        look(source, found)
    return out
def computed(self, *a, **k):
    out = compute(self, *a, **k)
    for found, source in out:
        look(source, found)
    return out
tf.GradientTape.gradient, v1.Optimizer.compute_gradients = asked, computed
_, program, answer, eager = sys.argv
text = open(program).read()
if eager == "eager" and "disable_eager_execution" not in text:
    tf.config.run_functions_eagerly(True)
atexit.register(lambda: open(answer, "w").write(json.dumps([f"{n}: {s}" for n, s in best.items() if s != "ok"])))
sys.argv = [program]
runpy.run_path(program, run_name="__main__")
"""


@dataclass(frozen=True)
class Verdict:
    """`title`: the first repair, empty where none is offered. `wrong`: what speaks against it."""

    name: str
    found: bool
    title: str
    wrong: str

    @property
    def right(self) -> bool:
        return bool(self.title) and not self.wrong


def judge(program: Path, python: str) -> Verdict:
    """`program`: a broken.py."""

    def check(contents: object) -> tuple[Diagnosis, ...]:
        after = contents.get(str(program)) if isinstance(contents, dict) else None
        text = program.read_text("utf-8") if after is None else after.decode()
        return examine(str(program), text, Checker((str(program.parent),)).finder)

    name, found = program.parent.name, check({})
    fix = found[0].fix if found else None
    if fix is None or not fix.edits:
        return Verdict(name, bool(found), "", "")
    result = repaired(found, check, lambda _: program.read_bytes(), unsafe=True)
    left = [f"{d.cause} at line {d.location.line}" for d in result.diagnoses if d.severity != "note" and d.location is not None]
    wrong = f"still found: {', '.join(left)}" if left else _tried(result.contents[str(program)], program.parent, python)
    return Verdict(name, True, fix.title, wrong)


def _tried(content: bytes, folder: Path, python: str) -> str:
    """Empty when TensorFlow agrees: as it is, and with functions run eagerly, where a loop does not answer zero for None."""
    as_it_is, eagerly = _run(content, folder, python, "graph"), _run(content, folder, python, "eager")
    return as_it_is or ("" if eagerly.startswith("it ended") else eagerly)  # a program that works as a graph only is judged as one


def _run(content: bytes, folder: Path, python: str, mode: str) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        program, counter, answer = Path(scratch, "broken.py"), Path(scratch, "counter.py"), Path(scratch, "answer.json")
        program.write_bytes(content)
        counter.write_text(COUNTER)
        command = [python, str(counter), str(program), str(answer), mode]
        try:
            done = subprocess.run(command, check=False, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return f"it ended after {TIMEOUT} s"
        if done.returncode or not answer.exists():
            return f"it ended with status {done.returncode}: {done.stderr.strip().splitlines()[-1:]}"
        bad: list[str] = json.loads(answer.read_text())
    warned = "Gradients do not exist for variables" in done.stderr
    return ", ".join(bad[:4]) or ("Keras warns of missing gradients" if warned else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", help="a pattern for the names of the folders")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that runs the programs")
    options = parser.parse_args()
    programs = [p for p in sorted(CORPUS.glob("*/broken.py")) if fnmatch.fnmatch(p.parent.name, options.only)]
    verdicts = []
    for program in programs:
        verdict = judge(program, options.python)
        verdicts.append(verdict)
        state = "right" if verdict.right else f"WRONG ({verdict.wrong})" if verdict.title else "no repair" if verdict.found else "not found"
        print(f"{verdict.name:<46} {state}{': ' if verdict.title else ''}{verdict.title}", flush=True)
    right, wrong, found = sum(v.right for v in verdicts), sum(bool(v.wrong) for v in verdicts), sum(v.found for v in verdicts)
    print(f"{right} of {len(verdicts)} repaired and confirmed by TensorFlow, {wrong} wrong; the check finds {found}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
