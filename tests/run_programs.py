"""Programs in; the Report that `whygrad run` makes of each, out. One child process runs them all, so that TensorFlow is imported once.

Each program gets a fresh Session of `whygrad.api` and runs as `__main__`, as the launcher runs it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whygrad.model import Outcome, Report

LIMIT = 900.0


def reports(programs: Iterable[Path], **environment: str) -> dict[Path, Report]:
    """The report on each program; AssertionError with what the child said where it died on the way.

    With CHECK_STORE in the environment each recording is saved, read and analysed again as well; with WATCH_HEALTH each program runs as under
    `whygrad run --health`.
    """
    paths = [path.resolve() for path in programs]
    with tempfile.TemporaryDirectory() as folder:
        wanted, answer = Path(folder, "wanted.json"), Path(folder, "reports.json")
        wanted.write_text(json.dumps([str(path) for path in paths]), encoding="utf-8")
        command = [sys.executable, "-W", "ignore", __file__, str(wanted), str(answer)]
        env = {**os.environ, **environment}
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
        found = json.loads(answer.read_text(encoding="utf-8"))
    return {path: Report.from_json(data) for path, data in zip(paths, found, strict=True)}


def _report(path: str) -> Report:
    """Runs in the child."""
    import tensorflow as tf

    from whygrad.api import start_watching
    from whygrad.program import run_program
    from whygrad.record.hooks import watcher
    from whygrad.target import find_program

    watcher.GRACE = 600.0  # a machine that is busy needs seconds for one step: only the number of steps ends the watching here
    program = find_program(path, module=False)
    tf.keras.backend.clear_session()
    session = start_watching(health=bool(os.environ.get("WATCH_HEALTH")))
    with contextlib.redirect_stdout(io.StringIO()):
        error = run_program(program, ())
    ended = None if error is None or isinstance(error, SystemExit) else f"{type(error).__name__}: {error}"
    report = session.finish(Outcome(0 if error is None else 1, ended), error)
    if os.environ.get("WATCH_HEALTH"):
        assert session.table(80), f"{path}: no update was measured"  # type: ignore[attr-defined]
    if os.environ.get("CHECK_STORE"):
        _same_after_saving(session._recorder, ended)
    return report


def _same_after_saving(recorder: Any, ended: str | None) -> None:
    """What is said about the recording is said again after it went through JSON, where TensorFlow is not asked."""
    from whygrad.analyse.diagnose import analyse
    from whygrad.record import optypes, store
    from whygrad.source import text

    case = store.observed(recorder.finish(optypes.oracle), text.read, ended)
    first = analyse(case.recording, case.read, ended)
    again = store.from_json(json.loads(json.dumps(store.to_json(case))))
    assert analyse(again.recording, again.read, again.ended) == first


def main(wanted: str, answer: str) -> int:
    found = []
    for path in json.loads(Path(wanted).read_text(encoding="utf-8")):
        print(f"-- {path}", file=sys.stderr)
        found.append(_report(path).to_json())
    Path(answer).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
