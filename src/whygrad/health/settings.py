"""The options of a monitor, their defaults, and what is wrong with them in one line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

STOPS = ("non-finite", "dead")


@dataclass(frozen=True, slots=True)
class Settings:
    """Raises ValueError for a value that makes no sense.

    `every`: note the figures of every so many steps. `ratio_every`: of these, how many until the change of the weights is measured again;
    0: never, which saves a copy of the weights. `log_dir`: for TensorBoard. `jsonl`: a file. `live`: the table in the terminal; "auto": if
    standard error is one. `stop_on`: end `fit` on this. `histograms`: of the gradients, in TensorBoard.
    """

    every: int = 1
    ratio_every: int = 10
    log_dir: str | Path | None = None
    jsonl: str | Path | None = None
    live: bool | Literal["auto"] = "auto"
    stop_on: Literal["non-finite", "dead"] | None = None
    histograms: bool = False

    def __post_init__(self) -> None:
        _whole("every", self.every, 1)
        _whole("ratio_every", self.ratio_every, 0)
        for name in ("log_dir", "jsonl"):
            if not isinstance(getattr(self, name), (str, os.PathLike, type(None))):
                raise ValueError(f"{name} is {getattr(self, name)!r}; it is a path or None")
        if not isinstance(self.live, bool) and self.live != "auto":
            raise ValueError(f'live is {self.live!r}; it is True, False or "auto"')
        if self.stop_on is not None and self.stop_on not in STOPS:
            raise ValueError(f'stop_on is {self.stop_on!r}; it is "non-finite", "dead" or None')
        if self.histograms and self.log_dir is None:
            raise ValueError("histograms=True needs log_dir: they are written for TensorBoard")


def _whole(name: str, value: Any, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is {value!r}; it is a whole number, {least} or more")
