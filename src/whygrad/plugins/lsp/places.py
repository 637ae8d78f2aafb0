"""Locations come in, in lines and characters from 1; positions of the protocol go out, from 0 and in the units that the editor counts in."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pygls.workspace import PositionCodec

from whygrad.model import Location


def lines_of(text: str) -> list[str]:
    """The lines of a text as Python and the protocol count them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def range_of(at: Location, lines: Sequence[str], codec: PositionCodec) -> types.Range:
    """Where a location lies in the text that has these lines."""
    return types.Range(_position(at.line, at.column, lines, codec), _position(at.end_line, at.end_column, lines, codec))


def column_of(position: types.Position, lines: Sequence[str], codec: PositionCodec) -> int:
    """The character from 0 at a position."""
    line = lines[position.line] if position.line < len(lines) else ""
    units = 0
    for column, character in enumerate(line):
        if units >= position.character:
            return column
        units += codec.client_num_units(character)
    return len(line)


def holds(at: Location, line: int, column: int) -> bool:
    """Whether a location covers a character; both counted from 0."""
    return (at.line, at.column) <= (line + 1, column + 1) <= (at.end_line, at.end_column)


def _position(line: int, column: int, lines: Sequence[str], codec: PositionCodec) -> types.Position:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return types.Position(max(line - 1, 0), codec.client_num_units(text[: column - 1]))
