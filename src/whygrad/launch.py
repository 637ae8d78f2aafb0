"""The arguments of `whygrad run` in; the program runs as python would run it, and the report comes after everything that the program says.

The order at the end is: the program's traceback, its threads, its atexit handlers, our report, and the interpreter's own ending, with the
program's exit status. Only output of finalizers (`__del__`) that run when the interpreter tears the modules down comes after the report.
The report is also written before `os._exit` and `os.exec*`, but not when a signal kills the process; forked children write none.
"""

from __future__ import annotations

import contextlib
import dataclasses
import linecache
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path
from typing import Any, Protocol

from whygrad.errors import UsageError
from whygrad.exits import guard_exits, in_children
from whygrad.model import Outcome, Report
from whygrad.program import end_threads_and_handlers, flush_streams, run_program, show_exception, without_own_frames
from whygrad.standard_error import StandardError
from whygrad.target import Program, Script, find_program

INTERNAL_ERROR = 70  # EX_SOFTWARE
_NEVER_IMPORTED = "the program never imported TensorFlow, so there was nothing to watch (a process that it starts is not watched)"


class Watch(Protocol):
    """What watches the program. A watch may also have `abandon()`: in a forked child, stop watching and forget."""

    def finish(self, outcome: Outcome, exception: BaseException | None) -> Report:
        """Stop watching; say what was found. Called once."""


StartWatch = Callable[[], Watch]
Render = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the user wants the report."""

    format: str
    output: Path | None
    strict: bool
    color: str  # auto, always, never


def run_command(
    target: str,
    args: Sequence[str],
    *,
    module: bool = False,
    format: str = "terminal",  # noqa: A002 - the name of the option
    output: Path | None = None,
    strict: bool = False,
    color: str = "auto",
    watch: StartWatch | None = None,
    render: Render | None = None,
) -> int:
    """Run the program under watch, write the report, and return the status to exit with at once.

    It does not return where the program called `os._exit` or became another program, nor after an unhandled Ctrl-C, of which
    the process dies as python does. With `strict` a finding turns status 0 into 1. `watch` and `render` stand in for the real ones.
    """
    stderr = StandardError()
    try:
        program = find_program(target, module=module)
        wishes = Wishes(format, _checked(output), strict, color)
    except UsageError as error:
        stderr.write(f"whygrad: {error}\n")
        return error.exit_status
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
        status = show_exception(without_own_frames(error))
        stderr.write("whygrad: the program could not be compiled and was not started\n")
        return status
    run = _Run(wishes, stderr, program, render)
    if _current is None and not run.start(watch or _start_watching):
        return INTERNAL_ERROR
    return _run_to_the_end(run, program, args)


def _checked(output: Path | None) -> Path | None:
    """Absolute, since the program may change the directory; and refused now, not after hours of training."""
    if output is None:
        return None
    path = Path(os.path.abspath(output))
    if path.is_dir():
        raise UsageError(f"cannot write {output}: it is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {output}: there is no folder {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"cannot write {output}: permission denied")
    return path


def _start_watching() -> Watch:
    from whygrad.api import start_watching

    return start_watching()


def _run_to_the_end(run: _Run, program: Program, args: Sequence[str]) -> int:
    error = run_program(program, args)
    run.annotate(error)
    status = show_exception(error)
    end_threads_and_handlers()
    flush_streams()
    # Python looks for the exact type; an excepthook that calls sys.exit(n) decides otherwise.
    interrupted = type(error) is KeyboardInterrupt and status == 1
    status = run.end(_status_of_interrupt() if interrupted else status, error)
    run.close()
    if interrupted and status != INTERNAL_ERROR:
        _die_of_interrupt()
    return status


def _status_of_interrupt() -> int:
    """What a shell calls death by SIGINT; on Windows STATUS_CONTROL_C_EXIT as the signed number that sys.exit takes."""
    return 128 + signal.SIGINT if os.name == "posix" else 0xC000013A - 2**32


def _die_of_interrupt() -> None:
    """Die of the signal, as python does, so that a shell script around the program stops, too."""
    if os.name == "posix" and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)


# --- one watched run -------------------------------------------------------------------------------------------------------------------

CAUSED_BY_GRADIENTS = (ValueError, TypeError, AttributeError, LookupError, RuntimeError)

_current: _Run | None = None  # a run started by the program of another run, in the same process, is not watched a second time


class _Run:
    """Ends once, in the process that began it, whichever way the program goes out."""

    def __init__(self, wishes: Wishes, stderr: StandardError, program: Program, render: Render | None) -> None:
        self._wishes = wishes
        self._stderr = stderr
        self._program = program
        self._render = render
        self._watch: Watch | None = None
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._path = list(sys.path)
        self._loud = os.environ.get("WHYGRAD_STRICT") == "1"
        self._restore: Callable[[], None] = _nothing

    def start(self, start_watching: StartWatch) -> bool:
        """False where watching failed and the user wants that loud; otherwise the program runs, if need be unwatched."""
        global _current
        try:
            self._watch = start_watching()
        except Exception as error:
            return self._internal_error(error, 0) == 0
        _current = self
        self._restore = guard_exits(lambda status: self.end(status, None))
        in_children(self.abandon)
        return True

    def end(self, status: int, error: BaseException | None) -> int:
        """Write the report, unless that was done or is not for this process to do. Returns the status to exit with."""
        if os.getpid() != self._process:
            return status
        with self._lock:
            watch, self._watch = self._watch, None
            if watch is None:
                return status
            try:
                return self._report(watch, status, error)
            except KeyboardInterrupt:
                self._stderr.write("whygrad: interrupted; the report is not complete\n")
                return status
            except Exception as failure:
                return self._internal_error(failure, status)

    def annotate(self, error: BaseException | None) -> None:
        """Let the traceback carry the diagnosis, if the error is of a kind that missing gradients cause."""
        explain = getattr(self._watch, "explain", None)
        if explain is not None and isinstance(error, CAUSED_BY_GRADIENTS) and os.getpid() == self._process:
            with contextlib.suppress(Exception):  # told at the end, when the report is made
                explain(error)

    def close(self) -> None:
        """Undo what `start` did to the process."""
        global _current
        if _current is self:
            _current = None
        self._restore()
        self._stderr.close()

    def abandon(self) -> None:
        """In a forked child: no watching, no report, nothing kept open."""
        watch, self._watch = self._watch, None
        self._stderr.close()
        abandon = getattr(watch, "abandon", None)
        if abandon is not None:
            with contextlib.suppress(Exception):
                abandon()

    def _report(self, watch: Watch, status: int, error: BaseException | None) -> int:
        path, sys.path = sys.path, self._path  # what we import now is not to be found among the program's files
        try:
            _keep_source(self._program)
            report = _with_notice(watch.finish(Outcome(_seen_from_outside(status), _describe(error)), error))
            self._write(report)
            self._write_table(watch)
        finally:
            sys.path = path
        found = any(diagnosis.severity != "note" for diagnosis in report.diagnoses)
        return 1 if self._wishes.strict and found and status == 0 else status

    def _write(self, report: Report) -> None:
        if self._wishes.output is None:
            self._stderr.write(self._text(report))
            return
        from whygrad.render.write import write_text

        try:
            write_text(self._wishes.output, self._text(report))
        except UsageError as error:
            self._stderr.write(f"whygrad: {error}\n")

    def _write_table(self, watch: Watch) -> None:
        table = getattr(watch, "table", None)
        if table is not None and (text := table(self._stderr.width())):
            self._stderr.write("\n" + text.rstrip("\n") + "\n")

    def _text(self, report: Report) -> str:
        wishes, stderr = self._wishes, self._stderr
        if wishes.format == "terminal" and report.environment.tensorflow is None and not report.diagnoses:
            return "".join(f"whygrad: {notice}\n" for notice in report.notices)
        if wishes.output is not None:
            return self._rendered(report, width=80, color=wishes.color == "always", encoding="utf-8")
        color = wishes.color == "always" or (wishes.color == "auto" and _wants_color(stderr))
        return self._rendered(report, width=stderr.width(), color=color, encoding=stderr.encoding)

    def _rendered(self, report: Report, **how: Any) -> str:
        if self._render is not None:
            return self._render(report, **how)
        from whygrad.render import FORMATS

        text = FORMATS[self._wishes.format](report, **how)
        return text if text.endswith("\n") else text + "\n"

    def _internal_error(self, error: Exception, status: int) -> int:
        if self._loud:
            self._stderr.write("".join(traceback.format_exception(type(error), error, error.__traceback__)))
            return INTERNAL_ERROR
        self._stderr.write(f"whygrad: internal error: {_describe(error)} (please report it: WHYGRAD_STRICT=1 shows where)\n")
        return status


def _nothing() -> None:
    pass


def _wants_color(stderr: StandardError) -> bool:
    return stderr.is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _seen_from_outside(status: int) -> int:
    return status & 0xFF if os.name == "posix" else status


def _describe(error: BaseException | None) -> str | None:
    if error is None or isinstance(error, SystemExit):
        return None
    name = type(error).__qualname__
    try:
        text = str(error)
    except Exception:
        text = "<exception str() failed>"
    return f"{name}: {text}" if text else name


def _with_notice(report: Report) -> Report:
    if report.environment.tensorflow is not None or any("TensorFlow" in notice for notice in report.notices):
        return report
    return dataclasses.replace(report, notices=(*report.notices, _NEVER_IMPORTED))


def _keep_source(program: Program) -> None:
    """A program that has deleted or overwritten itself is still shown as it was run."""
    if isinstance(program, Script) and program.source is not None:
        lines = decode_source(program.source).splitlines(keepends=True)
        linecache.cache[program.path] = (len(program.source), None, lines, program.path)
