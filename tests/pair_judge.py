"""Programs in; for each, what TensorFlow itself answered to every `GradientTape.gradient` call and how the program ended, out.

The judge knows nothing of whygrad: one child process runs the programs one after the other, with a counter around `gradient` only.
Gradients inside a traced function have no values yet, so a program without a missing one is run a second time with functions run eagerly.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Status = Literal["ok", "zero", "non-finite", "none", "traced"]


@dataclass(frozen=True, slots=True)
class Source:
    """One variable or tensor handed to `gradient`, with the answer it got."""

    name: str
    dtype: str
    trainable: bool
    status: Status


@dataclass(frozen=True, slots=True)
class Trial:
    """What happened to one program: the answers of each call in order, and the exception it ended with."""

    program: str
    calls: tuple[tuple[Source, ...], ...]
    error: str | None

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(source for call in self.calls for source in call)


@dataclass(frozen=True, slots=True)
class Symptom:
    """How a mistake shows: whether a source gets None (or what `status` says), and what the last error matches (None: the program ends normally)."""

    missing: bool
    error: str | None = None
    status: Status = "none"


NO_GRADIENTS = "ValueError: No gradients provided for any variable"
NONE_USED = "NoneType|None values not supported|unsupported type"
SILENT = Symptom(missing=True)

SYMPTOMS: dict[str, Symptom] = {
    "not-a-variable": Symptom(True, "has no attribute .assign_sub"),
    "variable-replaced": Symptom(True, NONE_USED),
    "not-trainable": SILENT,
    "non-float-variable": SILENT,
    "unused-variable": SILENT,
    "variable-recreated": SILENT,
    "empty-variable-list": Symptom(False, "not enough values to unpack|not yet been created|No (gradients|variables) provided"),
    "outside-tape": Symptom(True, NO_GRADIENTS),
    "not-watched": Symptom(True, NONE_USED),
    "recording-stopped": SILENT,
    "wrong-tape": Symptom(True, NO_GRADIENTS),
    "non-differentiable-op": Symptom(True, NO_GRADIENTS),
    "integer-cast": Symptom(True, NO_GRADIENTS),
    "gradient-stopped": Symptom(True, NO_GRADIENTS),
    "index-only": SILENT,
    "value-discarded": Symptom(True, NO_GRADIENTS),
    "custom-gradient": SILENT,
    "left-tensorflow": SILENT,
    "python-function": Symptom(True, NO_GRADIENTS),
    "state-round-trip": Symptom(True, NO_GRADIENTS),
    "constant-loss": Symptom(True, NO_GRADIENTS),
    "missing-loss": Symptom(False, "No loss to compute|No loss found|No gradients provided"),
    "bad-target": Symptom(False, "target"),
    "flat-region": Symptom(True, status="zero"),
    "zero-factor": Symptom(True, status="zero"),
    "vanishing": Symptom(True, status="zero"),
    "exploding": Symptom(True, status="non-finite"),
    "non-finite": Symptom(True, status="non-finite"),
    "identical-units": Symptom(False),
}


def run(programs: Sequence[Path]) -> dict[Path, Trial]:
    """Run the programs in one child process, in this order."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "trials.json"
        command = [sys.executable, __file__, str(out), *map(str, programs)]
        environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        child = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
        if child.returncode or not out.exists():
            raise RuntimeError(f"the judge's child failed with status {child.returncode}:\n{child.stderr[-2000:]}")
        trials = [_trial(data) for data in json.loads(out.read_text(encoding="utf-8"))]
    return dict(zip(programs, trials, strict=True))


def shows(trial: Trial, symptom: Symptom) -> list[str]:
    """Why this trial is not the mistake it claims to be; empty when it is."""
    wrong = []
    missing = any(source.status == symptom.status for source in trial.sources)
    if missing != symptom.missing:
        wrong.append(f"a source whose gradient is {symptom.status}: expected {symptom.missing}, found {missing} in {trial.calls}")
    if symptom.error is None and trial.error is not None:
        wrong.append(f"it should end normally, but raised {trial.error}")
    if symptom.error is not None and not re.search(symptom.error, trial.error or ""):
        wrong.append(f"it should raise {symptom.error!r}, but: {trial.error}")
    return wrong


def healthy(trial: Trial) -> list[str]:
    """Why this trial is not a program whose every trainable source learns; empty when it is."""
    wrong = [f"raised {trial.error}"] if trial.error is not None else []
    asked = [source for source in trial.sources if source.trainable and "float" in source.dtype]
    wrong += [f"{source.name}: {source.status}" for source in asked if source.status not in ("ok", "traced")]
    if not all(trial.calls) or not any(source.status == "ok" for source in asked):
        wrong.append("no gradient with a value was ever asked for, or a call had no sources")
    return wrong


def _trial(data: dict[str, Any]) -> Trial:
    calls = tuple(tuple(Source(**source) for source in call) for call in data["calls"])
    return Trial(data["program"], calls, data["error"])


# ---- from here on: the child process, the only part that imports TensorFlow


def _status(gradient: Any) -> Status:
    import tensorflow as tf

    if gradient is None:
        return "none"
    values = tf.convert_to_tensor(gradient)
    if not hasattr(values, "numpy"):
        return "traced"
    if not bool(tf.reduce_all(tf.math.is_finite(values))):
        return "non-finite"
    return "ok" if bool(tf.reduce_any(values != 0)) else "zero"


def _source(source: Any, gradient: Any) -> Source:
    name = str(getattr(source, "path", None) or getattr(source, "name", None) or "?") if hasattr(source, "assign") else "tensor"
    dtype = getattr(source.dtype, "name", str(source.dtype))
    return Source(name, dtype, bool(getattr(source, "trainable", True)), _status(gradient))


def _counted(original: Callable[..., Any], calls: list[tuple[Source, ...]]) -> Callable[..., Any]:
    import tensorflow as tf

    @functools.wraps(original)
    def gradient(tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        answer = original(tape, target, sources, *args, **kwargs)
        asked, answered = tf.nest.flatten(sources), tf.nest.flatten(answer)
        calls.append(tuple(map(_source, asked, answered)))
        return answer

    return gradient


def _run_once(program: str, eagerly: bool) -> Trial:
    import tensorflow as tf

    calls: list[tuple[Source, ...]] = []
    error = None
    original = tf.GradientTape.gradient
    tf.keras.backend.clear_session()
    tf.config.run_functions_eagerly(eagerly)
    tf.GradientTape.gradient = _counted(original, calls)
    try:
        runpy.run_path(program, run_name="__main__")
    except Exception as e:
        error = f"{type(e).__name__}: {e}"
    finally:
        tf.GradientTape.gradient = original
        tf.config.run_functions_eagerly(False)
    return Trial(program, tuple(calls), error)


def _run(program: str) -> Trial:
    first = _run_once(program, eagerly=False)
    statuses = {source.status for source in first.sources}
    if first.error is not None or "none" in statuses or "traced" not in statuses:
        return first
    second = _run_once(program, eagerly=True)
    return Trial(program, first.calls + second.calls, second.error)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps([dataclasses.asdict(_run(program)) for program in sys.argv[2:]]), encoding="utf-8")
