"""The words of the data model that stand for one of a few: apart from `model`, which is imported by every check while `typing` takes its time."""

from __future__ import annotations

from typing import Literal

Certainty = Literal["proven", "likely"]
Severity = Literal["error", "warning", "note"]
GradientStatus = Literal["ok", "none", "zero", "non-finite"]
Safety = Literal["safe", "review"]
Command = Literal["run", "check", "fix"]
