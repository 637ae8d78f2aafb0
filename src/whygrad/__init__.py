"""whygrad: for every variable without a gradient, the exact expression where its path to the loss is cut, why, and what to type."""

from __future__ import annotations

from whygrad._version import __version__

TYPE_CHECKING = False  # not from `typing`, which takes a third of the time of `whygrad check` for one file
if TYPE_CHECKING:
    from typing import Any

    from whygrad import health
    from whygrad.api import Session, install, uninstall, watch
    from whygrad.health import GradientHealth

__all__ = [
    "GradientHealth",
    "Session",
    "__version__",
    "health",
    "install",
    "load_ipython_extension",
    "uninstall",
    "unload_ipython_extension",
    "watch",
]

_LAZY = {
    "GradientHealth": "whygrad.health",
    "Session": "whygrad.api",
    "health": "whygrad.health",
    "install": "whygrad.api",
    "uninstall": "whygrad.api",
    "watch": "whygrad.api",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        import importlib

        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext whygrad`: the same as `whygrad.install()`."""
    __getattr__("install")()


def unload_ipython_extension(shell: Any) -> None:
    __getattr__("uninstall")()
