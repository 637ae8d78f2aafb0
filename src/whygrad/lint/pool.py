"""Paths come in; their FileResults go out in the same order, made by several processes where that pays."""

from __future__ import annotations

import gc
import os
import sys

from whygrad.lint.forked import mapped
from whygrad.lint.one_file import Checker, flow_engine
from whygrad.lint.result import FileResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Executor
    from typing import Any

    from whygrad.lint.one_file import Engine

ENOUGH = 150_000  # bytes of source that take longer to check than processes take to start
MANY = 500  # files that take longer to look at than a process takes to be forked
RARELY = (10_000_000, 5, 5)  # a walk takes itself apart: looking for circles among all the nodes of a tree would take a fifth of the time
_FORKS = sys.platform == "linux"  # elsewhere the system's own libraries may have threads
_PARTS_PER_PROCESS = 16

_checker: Checker | None = None  # of this process, when it is a worker


def relevant(checker: Checker, paths: Sequence[str], jobs: int | None) -> tuple[dict[str, int], list[str]]:
    """The files that can hold a finding, with their sizes, and a line for each that cannot be read."""
    wanted = (jobs or _available()) if _FORKS and len(paths) >= MANY else 1
    answers = mapped(checker.matters, paths, wanted) if wanted > 1 else [checker.matters(path) for path in paths]
    sizes = {path: answer for path, answer in zip(paths, answers) if answer and isinstance(answer, int)}
    return sizes, [answer for answer in answers if isinstance(answer, str)]


def processes(jobs: int | None, sizes: Collection[int]) -> int:
    """How many processes to use: as many as were asked for; otherwise one for little work."""
    wanted = jobs if jobs is not None else _available() if sum(sizes) >= ENOUGH else 1
    return max(1, min(wanted, len(sizes)))


def _available() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_all(checker: Checker, sizes: Mapping[str, int], jobs: int) -> list[FileResult]:
    """The results in the order of the paths. One process: this one, with what its finder has read."""
    if jobs > 1:
        paths = sorted(sizes, key=lambda path: -sizes[path])  # the largest first, so that all processes end at about the same time
        results = dict(zip(paths, _forked(checker, paths, jobs) if _FORKS else _in_processes(checker, paths, jobs)))
        return [results[path] for path in sizes]
    before, enabled = gc.get_threshold(), gc.isenabled()
    _collect_rarely()
    try:
        return [checker.check(path) for path in sizes]
    finally:
        gc.set_threshold(*before)
        if not enabled:
            gc.disable()


def _forked(checker: Checker, paths: Sequence[str], jobs: int) -> list[FileResult]:
    """A process that dies takes no result but its own along."""

    def check(path: str) -> list[Any]:
        _collect_rarely()
        result = checker.check(path)
        return [result.found, result.problems, result.ignores]

    found = mapped(check, paths, jobs, lost=lambda path: [[], [_died(path)], []])
    return [FileResult(path, *values) for path, values in zip(paths, found)]


def _died(path: str) -> str:
    return f"{path}: the process that checked it died; please report it, and leave the file out with --exclude"


def _in_processes(checker: Checker, paths: Sequence[str], jobs: int) -> Iterator[FileResult]:
    """A process that dies takes no result but its own along: from there on each file has a process to itself."""
    from concurrent.futures.process import BrokenProcessPool

    done = 0
    executor = _executor(checker, jobs)
    try:
        for result in executor.map(_check, paths, chunksize=max(1, len(paths) // (jobs * _PARTS_PER_PROCESS))):
            yield result
            done += 1
    except BrokenProcessPool:
        for path in paths[done:]:
            yield _alone(checker, path)
    except KeyboardInterrupt:
        _end(executor)
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _alone(checker: Checker, path: str) -> FileResult:
    from concurrent.futures.process import BrokenProcessPool

    with _executor(checker, 1) as executor:
        try:
            return executor.submit(_check, path).result()
        except BrokenProcessPool:
            return FileResult(path, [], [_died(path)])


def _executor(checker: Checker, jobs: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("spawn")
    state = (checker.finder.roots, checker.engine, checker.cache is not None, checker.contents)
    return ProcessPoolExecutor(jobs, context, _begin, state)


def _begin(roots: tuple[str, ...], engine: Engine, cached: bool, contents: dict[str, bytes]) -> None:
    """In a worker: Ctrl-C is the business of the process that started it."""
    global _checker
    import signal

    from whygrad.lint.cache import Cache

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _collect_rarely()
    _checker = Checker(roots, engine, Cache() if cached else None, contents)


def _collect_rarely() -> None:
    gc.set_threshold(*RARELY)
    gc.enable()


def _check(path: str) -> FileResult:
    assert _checker is not None
    return _checker.check(path)


def _end(executor: Executor) -> None:
    for process in list((getattr(executor, "_processes", None) or {}).values()):
        process.terminate()


def preload(engine: Engine) -> None:
    """Import the engine before processes are forked, so that they share it."""
    if engine is flow_engine:
        import whygrad.lint.flow  # noqa: F401
