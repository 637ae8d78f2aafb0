"""A stream and the user's wish for colour come in; the width, colour and encoding to render for go out. Light, as `whygrad check` needs it."""

from __future__ import annotations

import codecs
import os

from whygrad.dataclass import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULT_WIDTH = 80
NARROWEST, WIDEST = 40, 120


@dataclass(frozen=True, slots=True)
class Screen:
    """What a text is rendered for. The default is a file or a pipe."""

    width: int = DEFAULT_WIDTH
    color: bool = False
    encoding: str = "utf-8"


def screen_for(stream: Any, color: str = "auto") -> Screen:
    """The screen behind `stream`, any text stream or None. Honours NO_COLOR, FORCE_COLOR, TERM=dumb and COLUMNS."""
    return Screen(_width(stream), _color(stream, color), _encoding(stream))


def screen_for_file(color: str = "auto") -> Screen:
    """For a report that goes to a file: as wide as a page, colour only when asked for by name."""
    return Screen(color=color == "always")


def _color(stream: Any, wish: str) -> bool:
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (_is_terminal(stream) and os.environ.get("TERM") != "dumb")


def _width(stream: Any) -> int:
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return _within(int(columns))
    if not _is_terminal(stream):
        return DEFAULT_WIDTH
    try:
        return _within(os.get_terminal_size(stream.fileno()).columns)
    except (OSError, ValueError):
        return DEFAULT_WIDTH


def _within(columns: int) -> int:
    return DEFAULT_WIDTH if columns <= 0 else max(NARROWEST, min(columns, WIDEST))


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # None, a stand-in, or closed
        return False


def _encoding(stream: Any) -> str:
    name = getattr(stream, "encoding", None) or "utf-8"
    try:
        return codecs.lookup(name).name
    except (LookupError, TypeError):
        return "ascii"
