"""A function and items come in; its results in the order of the items go out, made by several processes at the same time.

They are forked: that takes a millisecond, and what is imported and read need not be again. The pools of the library take forty to begin.
"""

from __future__ import annotations

import marshal
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    Item = TypeVar("Item")
    Result = TypeVar("Result")

_NUMBER = 4  # bytes of the number of an item
_MOST = 65_536 // _NUMBER  # that a pipe holds


def mapped(work: Callable[[Item], Result], items: Sequence[Item], jobs: int, lost: Callable[[Item], Result] | None = None) -> list[Result]:
    """`[work(item) for item in items]`, where results are made of numbers, strings, lists and tuples.

    `lost` gives the result of an item that ends every process in which it is worked on: then all is done in others. Without it this one takes part,
    and does what others leave undone.
    """
    found: dict[int, Result] = {}
    for first in range(0, len(items), _MOST):
        part = range(first, min(first + _MOST, len(items)))
        found |= _shared(work, items, part, jobs, takes_part=lost is None)
    for number in range(len(items)):
        if number not in found:
            alone = {} if lost is None else _shared(work, items, range(number, number + 1), 1, takes_part=False)
            found[number] = alone[number] if number in alone else (lost or work)(items[number])
    return [found[number] for number in range(len(items))]


def _shared(work: Callable[[Item], Result], items: Sequence[Item], part: range, jobs: int, takes_part: bool) -> dict[int, Result]:
    """What the processes, each taking the next item when it is done with one, get done."""
    waiting, filling = os.pipe()
    os.write(filling, b"".join(number.to_bytes(_NUMBER, "big") for number in part))
    os.close(filling)
    others: list[tuple[int, int]] = []
    try:
        others += (_begun(work, items, waiting) for _ in range(jobs - takes_part))
        found = dict(_done(work, items, waiting)) if takes_part else {}
        for _, reading in others:
            found |= _told(reading)
    except BaseException:
        _end(others)
        raise
    finally:
        os.close(waiting)
        for process, reading in others:
            os.close(reading)
            os.waitpid(process, 0)
    return found


def _done(work: Callable[[Item], Result], items: Sequence[Item], waiting: int) -> Iterator[tuple[int, Result]]:
    while number := os.read(waiting, _NUMBER):
        yield int.from_bytes(number, "big"), work(items[int.from_bytes(number, "big")])


def _begun(work: Callable[[Item], Result], items: Sequence[Item], waiting: int) -> tuple[int, int]:
    """Another process, and where it writes its results."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reading)
            _in_child(work, items, waiting, writing)
        finally:
            os._exit(0)
    os.close(writing)
    return process, reading


def _in_child(work: Callable[[Item], Result], items: Sequence[Item], waiting: int, writing: int) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is answered by the process that was started first
    results = marshal.dumps(list(_done(work, items, waiting)))
    with open(writing, "wb") as pipe:
        pipe.write(results)


def _told(reading: int) -> dict[int, Result]:
    with open(reading, "rb", closefd=False) as pipe:
        content = pipe.read()
    try:
        results: list[tuple[int, Result]] = marshal.loads(content)
    except (EOFError, ValueError, TypeError):  # it died
        return {}
    return dict(results)


def _end(processes: list[tuple[int, int]]) -> None:
    import signal

    for process, _ in processes:
        os.kill(process, signal.SIGTERM)
