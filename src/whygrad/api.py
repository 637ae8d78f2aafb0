"""The doors of the library, all made of two lines: program -> Recorder -> Recording -> analyse -> Report.

whygrad.install()                       from here on, a failing optimizer's exception carries the diagnosis
with whygrad.watch() as session: ...    the same for a block; session.diagnoses
start_watching()                        what `whygrad run` uses
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from whygrad import notebook
from whygrad._version import __version__
from whygrad.imports import ImportWatch
from whygrad.model import Diagnosis, Environment, Outcome, Report
from whygrad.program import without_own_frames

__all__ = ["Session", "install", "start_watching", "uninstall", "watch"]


class Session:
    """Recording of one stretch of a program, and what was found in it."""

    def __init__(self, *, always: bool = False, brief: bool = False) -> None:
        from whygrad.record.hooks import watch as start
        from whygrad.record.recorder import Recorder

        self._recorder = Recorder()
        self._brief = brief
        self._one_at_a_time = threading.RLock()  # two threads may fail at once
        self._known: Report | None = None
        self._clock = -1
        self._told: tuple[Diagnosis, ...] = ()  # those of earlier exceptions
        self._latest: frozenset[Any] = frozenset()  # cause and place of what the last failing call is about
        self._last = ""  # the text of the exception that was explained last
        self._recorder.refused = self.explain
        self._watcher = start(self._recorder, always=always)

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """What is wrong with the gradients asked for so far, most important first."""
        return self.report().diagnoses

    def report(self, outcome: Outcome | None = None, exception: BaseException | None = None) -> Report:
        """The report on everything recorded so far. Recording goes on after it."""
        if self._known is None or self._recorder.clock != self._clock or (exception is not None and not self._known.diagnoses):
            with self._paused():
                self._known, self._latest = _report(self._recorder, self._watcher.said(), exception)
                self._clock = self._recorder.clock
        return dataclasses.replace(self._known, outcome=outcome)

    def explain(self, error: BaseException) -> None:
        """Attach the diagnosis to an exception that the gradients caused (`add_note`; printed on Python 3.10, where there are no notes)."""
        if getattr(error, "_whygrad_explained", False):
            return
        note = self._note(error)
        if not note:
            return
        with contextlib.suppress(AttributeError, TypeError):
            error._whygrad_explained = True  # type: ignore[attr-defined]
        self._last = str(error)
        if hasattr(error, "add_note"):
            error.add_note(note)
        elif not self._brief:
            print(note, file=sys.stderr)

    def explain_of_a_cell(self, error: BaseException) -> None:
        """The same where the session outlives exceptions that have other causes: only what is new, or what this exception is about."""
        text = str(error)
        if "None" in text or (self._last and self._last in text) or any(d not in self._told for d in self.report(exception=error).diagnoses):
            self.explain(error)

    def _note(self, error: BaseException) -> str:
        from whygrad.render import render_note
        from whygrad.render.paths import live_cell

        report = self.report(exception=error)
        fresh = tuple(d for d in report.diagnoses if d not in self._told)
        again = tuple(d for d in report.diagnoses if (d.cause, d.location) in self._latest)
        self._told = report.diagnoses
        report = dataclasses.replace(report, diagnoses=fresh or again or report.diagnoses)
        loud = [d for d in report.diagnoses if d.severity == "error"]
        if not self._brief:
            return render_note(report)
        if not loud:
            return ""
        where = loud[0].location
        file = live_cell(where.path) or os.path.basename(where.path) if where else ""
        place = f" ({file}{', line ' if file.startswith('cell ') else ':'}{where.line})" if where else ""
        likely = "likely: " if loud[0].certainty == "likely" else ""
        return f"whygrad: {likely}{loud[0].message}{place}"

    def call_when_judged(self, judged: Callable[[bool], None], at_least: int) -> None:
        """Let it be known when there is nothing more to learn, and whether anything was wrong; not before so many answers of gradient calls."""
        self._watcher.at_least, self._watcher.judged_all = at_least, judged

    def finish(self, outcome: Outcome, exception: BaseException | None) -> Report:
        """Stop watching; the final report."""
        self._watcher.stop()
        return self.report(outcome, exception)

    def stop(self) -> None:
        """Stop watching. The report can still be asked for."""
        self._watcher.stop()

    def abandon(self) -> None:
        """Stop watching without a report (in a forked child)."""
        self._watcher.stop()

    @contextlib.contextmanager
    def _paused(self) -> Iterator[None]:
        with self._one_at_a_time:
            on, self._recorder.on = self._recorder.on, False
            try:
                yield
            finally:
                self._recorder.on = on and not self._recorder.failures


class _LongSession(Session):
    """A Session that goes on to measure every step of every optimizer, to the end of the program."""

    def __init__(self) -> None:
        super().__init__(brief=True)
        self._running: Any = None
        self._imports = ImportWatch(self._recorder.failed)
        for name in ("tensorflow", "keras", "tf_keras"):
            self._imports.when_imported(name, lambda module: self._measure())

    def _measure(self) -> None:
        from whygrad.health.everywhere import everywhere

        if self._running is None:
            self._running = everywhere()
        else:
            self._running.attach()

    def finish(self, outcome: Outcome, exception: BaseException | None) -> Report:
        """The final report, with what the whole training has shown; what the first steps showed already is not told twice."""
        self._imports.forget_all()
        if self._running is not None:
            self._running.close()
        report = super().finish(outcome, exception)
        late = self._running.monitor.diagnoses if self._running is not None else ()
        told = {(d.gradient, v.name) for d in report.diagnoses for v in d.variables}
        fresh = [d for d in late if not d.variables or not all((d.gradient, v.name) in told for v in d.variables)]
        return dataclasses.replace(report, diagnoses=(*report.diagnoses, *fresh))

    def table(self, width: int) -> str:
        """The health of every gradient over the training; empty where no optimizer was used."""
        if self._running is None or not list(self._running.monitor.history):
            return ""
        text: str = self._running.monitor.summary(width)
        return text

    def abandon(self) -> None:
        self._imports.forget_all()
        super().abandon()


def start_watching(*, health: bool = False, at_least: int = 0, judged: Callable[[bool], None] | None = None) -> Session:
    """Watch this process for `whygrad run`: exceptions get one line, the report comes at the end. `health`: measure the whole training.

    `judged` is called when enough was seen of every gradient, after `at_least` answers or more: was anything wrong with one?
    """
    session = _LongSession() if health else Session(brief=True)
    if judged is not None:
        session.call_when_judged(judged, at_least)
    return session


@contextlib.contextmanager
def watch() -> Iterator[Session]:
    """Record the block. An exception that leaves it carries the diagnosis; `session.diagnoses` has it in any case."""
    session = Session(always=True)
    try:
        yield session
    except Exception as error:
        session.explain(error)
        raise
    finally:
        session.stop()


_installed: list[tuple[Session, Any, Callable[[], None]]] = []


def install() -> None:
    """Watch from here on. An optimizer that refuses its gradients raises with the diagnosis attached, and so does what ends the program.

    Raises UnsupportedTensorFlow if a TensorFlow outside the supported range is loaded. Calling it again changes nothing.
    """
    if _installed:
        return
    session = Session()
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if isinstance(error, Exception):
            with contextlib.suppress(Exception):
                session.explain(error)
            without_own_frames(error)
        previous(kind, error, error.__traceback__)

    sys.excepthook = hook
    _installed.append((session, (hook, previous), notebook.attach(session.explain_of_a_cell)))


def uninstall() -> None:
    """Take everything off that `install` put on. Without `install` it does nothing."""
    while _installed:
        session, (hook, previous), detach = _installed.pop()
        session.stop()
        detach()
        if sys.excepthook is hook:
            sys.excepthook = previous


def _report(recorder: Any, notices: list[str], exception: BaseException | None) -> tuple[Report, frozenset[Any]]:
    """The report, and what the last failing call is about."""
    tensorflow = sys.modules.get("tensorflow")
    said = list(notices)
    diagnoses: tuple[Diagnosis, ...] = ()
    gradients: tuple[Any, ...] = ()
    variables: tuple[Any, ...] = ()
    latest: frozenset[Any] = frozenset()
    if tensorflow is None:
        said.append("TensorFlow was never imported: there was nothing to watch")
    elif recorder.clock:
        from whygrad.analyse.diagnose import analyse
        from whygrad.record import optypes, store
        from whygrad.source import text

        ended = f"{type(exception).__name__}: {exception}" if exception is not None else None
        case = store.observed(recorder.finish(optypes.oracle), text.read, ended)
        analysis = analyse(case.recording, case.read, ended)
        diagnoses, gradients, variables, latest = analysis.diagnoses, analysis.gradients, analysis.variables, analysis.latest
        said += [
            f"whygrad expected another gradient than TensorFlow gave at {m}; what is said about it is only likely" for m in analysis.mismatches[:3]
        ]
        said += [_keep(case)] if analysis.mismatches else []
    said += [f"a hook of whygrad failed and was switched off: {type(e).__name__}: {e}" for e in recorder.failures[:1]]
    _be_strict(recorder.failures)
    return Report(__version__, _environment(), "run", None, diagnoses, gradients, tuple(said), variables), latest


def _keep(case: Any) -> str:
    """Save what led to a wrong expectation where WHYGRAD_SAVE says; a sentence about it."""
    from whygrad.record import store

    folder = os.environ.get("WHYGRAD_SAVE")
    if not folder:
        return "to report this, set WHYGRAD_SAVE to a folder and run again: the recording (with the source of the program) is saved there"
    path = Path(folder, f"whygrad-mismatch-{os.getpid()}-{len(case.recording.ops)}.json")
    try:
        store.save(case, path)
    except OSError as error:
        return f"the recording could not be saved to {path}: {error.strerror}"
    return f"the recording is saved as {path}; it holds the source of the program"


def _be_strict(failures: list[BaseException]) -> None:
    if failures and os.environ.get("WHYGRAD_STRICT") == "1":
        raise failures[0]


def _environment() -> Environment:
    """The versions in this process; None for what the program did not import."""
    versions = [getattr(sys.modules.get(name), "__version__", None) for name in ("tensorflow", "keras", "tf_keras")]
    return Environment(platform.python_version(), versions[0], versions[1] or versions[2])
