"""Gradients over time: `GradientHealth` for `fit`, `whygrad.health(variables)` for loops of one's own, `judge` for a history. TensorFlow comes late.

The module can be called: `monitor = whygrad.health(model.trainable_variables, jsonl="health.jsonl")`.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from whygrad.health.callback import GradientHealth
from whygrad.health.history import History, Point, Series
from whygrad.health.judging import judge
from whygrad.health.settings import Settings

if TYPE_CHECKING:
    from whygrad.health.everywhere import Everywhere, everywhere, watching
    from whygrad.health.monitor import Monitor

__all__ = ["Everywhere", "GradientHealth", "History", "Monitor", "Point", "Series", "Settings", "everywhere", "health", "judge", "watching"]

_LAZY = {
    "Monitor": "whygrad.health.monitor",
    "Everywhere": "whygrad.health.everywhere",
    "everywhere": "whygrad.health.everywhere",
    "watching": "whygrad.health.everywhere",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        import importlib

        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Callable(types.ModuleType):
    """`whygrad.health` is both the place of these names and the function that makes a monitor."""

    def __call__(self, variables: Iterable[Any] | None = None, **settings: Any) -> Monitor:
        """A monitor of these variables, in the order of the network. For the settings see Settings. Raises ValueError for a wrong one."""
        from whygrad.health.monitor import Monitor

        known = Settings.__dataclass_fields__
        wrong = sorted(set(settings) - set(known))
        if wrong:
            raise ValueError(f"whygrad.health() has no setting {wrong[0]!r}; there are {', '.join(known)}")
        return Monitor(variables, Settings(**settings))


health = sys.modules[__name__]
health.__class__ = _Callable
