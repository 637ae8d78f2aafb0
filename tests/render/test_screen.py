"""What a stream is taken for: width, colour, encoding."""

from __future__ import annotations

import io
from typing import Any

import pytest

from whygrad.render.screen import Screen, screen_for, screen_for_file


class Terminal(io.StringIO):
    """A stream that says it is a terminal, of which the system knows no size."""

    encoding = "ISO8859-1"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("stream", "wish", "variables", "expected"),
    [
        (io.StringIO(), "auto", {}, False),
        (Terminal(), "auto", {}, True),
        (Terminal(), "never", {"FORCE_COLOR": "1"}, False),
        (io.StringIO(), "always", {"NO_COLOR": "1"}, True),
        (Terminal(), "auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (Terminal(), "auto", {"NO_COLOR": ""}, True),
        (io.StringIO(), "auto", {"FORCE_COLOR": "1"}, True),
        (Terminal(), "auto", {"TERM": "dumb"}, False),
        (None, "auto", {}, False),
    ],
)
def test_colour(stream: Any, wish: str, variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert screen_for(stream, wish).color is expected


@pytest.mark.parametrize(("columns", "width"), [("100", 100), ("12", 40), ("4000", 120), ("0", 80), ("abc", 80), ("", 80), ("²", 80)])
def test_width(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert screen_for(Terminal()).width == width


@pytest.mark.parametrize(("name", "encoding"), [("UTF8", "utf-8"), ("latin1", "iso8859-1"), ("no-such", "ascii"), (None, "utf-8"), (3, "ascii")])
def test_encoding(name: Any, encoding: str) -> None:
    stream = Terminal()
    monkey: Any = stream
    monkey.encoding = name
    assert screen_for(stream).encoding == encoding


def test_streams_that_are_closed_or_absent() -> None:
    closed = Terminal()
    closed.isatty = lambda: (_ for _ in ()).throw(ValueError("closed"))  # type: ignore[method-assign]
    assert screen_for(closed).color is False
    assert screen_for(None) == Screen()
    assert screen_for_file("auto") == Screen()
    assert screen_for_file("always").color
