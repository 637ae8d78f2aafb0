"""A history in; a table that renews itself in the terminal, with a progress bar below it, while training runs."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from whygrad.health.history import History
from whygrad.health.table import table
from whygrad.render.screen import Screen, screen_for

SECONDS = 0.5  # between two pictures
LINES_BESIDE = 5  # of a screen: titles, the bar, `and 3 more`, some air


def is_terminal(stream: Any = None) -> bool:
    """Whether standard error, or the stream, is a terminal."""
    try:
        return bool((stream or sys.stderr).isatty())
    except (AttributeError, ValueError):
        return False


class LiveTable:
    """On standard error. `steps`: in an epoch, None: not known. `bar`: False where Keras draws its own; then only `epoch` prints the table."""

    def __init__(self, steps: int | None, epochs: int, bar: bool) -> None:
        self._screen = screen_for(sys.stderr)
        self._console = Console(stderr=True, width=self._screen.width, no_color=not self._screen.color)
        self._next, self._epochs, self._steps = 0.0, epochs, steps
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(None), TextColumn("{task.completed}/{task.total}"), TimeRemainingColumn()
        )
        self._task = self._progress.add_task(f"epoch 1/{epochs}", total=steps)
        self._live = Live(console=self._console, auto_refresh=False, transient=True) if bar else None
        if self._live is not None:
            self._live.start()

    @property
    def screen(self) -> Screen:
        return self._screen

    def due(self) -> bool:
        """Whether it is time for a new picture."""
        return self._live is not None and time.monotonic() >= self._next

    def show(self, history: History, epoch: int, step: int) -> None:
        """The newest figures, and how far the epoch has got; both count from 0."""
        if self._live is None:
            return
        self._next = time.monotonic() + SECONDS
        self._progress.update(self._task, description=f"epoch {epoch + 1}/{self._epochs}", completed=step)
        rows = max(shutil.get_terminal_size().lines - LINES_BESIDE, 3)
        lines = table(history, width=self._screen.width, encoding=self._screen.encoding, rows=rows)
        self._live.update(Group(*lines, self._progress), refresh=True)

    def epoch(self, history: History) -> None:
        """After an epoch, where Keras draws the bar: the table once, below it."""
        if self._live is None:
            self._console.print(*table(history, width=self._screen.width, encoding=self._screen.encoding), sep="\n", highlight=False)

    def close(self, text: str) -> None:
        """Take the picture away and leave this text in its place."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        sys.stderr.write(text)
        sys.stderr.flush()
