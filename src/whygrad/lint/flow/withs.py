"""Context managers: tapes that begin and end, pauses of a tape, the user's own managers."""

from __future__ import annotations

from collections.abc import Callable

from whygrad.lint.flow import overrides
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.values import NONE, Object, Partial, Plain, Tape, Value
from whygrad.lint.flow.walk import Arguments, Walk

PAUSE = "whygrad:pause"  # what `tape.stop_recording()` gives
GENERATOR = "whygrad:generator"  # a call of a function decorated by contextlib.contextmanager


def within(walk: Walk, manager: Value, site: Site, rest: Callable[[Value], None]) -> None:
    """Do `rest` inside the manager, with what `as` binds."""
    if isinstance(manager, Tape):
        begin(walk, manager)
        rest(manager)
        end(walk, manager)
    elif isinstance(manager, Object) and manager.made_by == PAUSE:
        _paused(walk, manager.data["tape"], site, rest)
    elif isinstance(manager, Object) and manager.made_by == overrides.MADE_BY:
        overrides.within(walk, manager, rest)
    elif isinstance(manager, Object) and manager.made_by == GENERATOR:
        run: Callable[[Callable[[Value], None]], None] = manager.data["run"]
        run(rest)
    elif isinstance(manager, Object) and manager.cls is not None and manager.cls.find("__enter__"):
        value = walk.call(walk.attribute(manager, "__enter__", site), Arguments(), site)
        rest(value)
        walk.call(walk.attribute(manager, "__exit__", site), Arguments([NONE, NONE, NONE]), site)
    else:
        rest(manager if isinstance(manager, (Object, Partial)) else walk.unknown(site, manager))


def begin(walk: Walk, tape: Tape) -> None:
    """`tape.__enter__()`. One that is entered again begins anew."""
    if tape not in walk.state.tapes:
        walk.state.tapes.append(tape)
    walk.state.write(tape.cells, "began", walk.state.tick())
    walk.state.write(tape.cells, "depth", len(walk.state.journals))


def forget(walk: Walk, tape: Tape) -> None:
    """`tape.reset()`: what was recorded is gone. In a branch of its own it may not happen: then nothing is said."""
    if tape.cells.get("depth") == len(walk.state.journals):
        walk.state.write(tape.cells, "reset", walk.state.tick())


def end(walk: Walk, tape: Tape) -> None:
    if tape in walk.state.tapes:
        walk.state.tapes.remove(tape)
    walk.state.write(tape.cells, "ended", walk.state.tick())


def _paused(walk: Walk, tape: Value, site: Site, rest: Callable[[Value], None]) -> None:
    first = walk.state.tick()
    recorded = isinstance(tape, Tape) and tape in walk.state.tapes
    tapes = list(walk.state.tapes)
    walk.state.tapes[:] = [t for t in tapes if t is not tape]
    rest(Plain(None))
    if isinstance(tape, Tape) and recorded:
        walk.state.tapes[:] = tapes
        tape.pauses.append((first, walk.state.tick(), site))
