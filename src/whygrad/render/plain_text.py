"""Any text of the user comes in; text that is safe and measurable in a terminal goes out: no escape sequences, no control characters.

Everything here works on one line or keeps line breaks apart, and counts in cells, the columns of a terminal, where wide characters take two.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate, takewhile

from rich.cells import cell_len

TAB = 4
ELLIPSIS = "..."

# CSI, then the string sequences (OSC, DCS, SOS, PM, APC) with their terminator, then the two- and three-character escapes.
# An unterminated string sequence loses only its first two characters: what follows stays visible.
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_AFTER_OPENING = re.compile(r"([(\[{]) ")
_BEFORE_CLOSING = re.compile(r",? ([)\]}])")
# Characters that reorder a line on the screen: shown as escapes, so that the code seen is the code that runs.
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def pieces(line: str, encoding: str = "utf-8") -> list[str]:
    """What is shown for each character of one line, so that positions in the line can be followed: "" where nothing is shown."""
    blanked = _ESCAPE.sub(lambda found: "\0" * len(found.group()), line)
    shown: list[str] = []
    column = 0
    for character in blanked:
        piece = " " * (TAB - column % TAB) if character == "\t" else _shown(character, encoding)
        column += cell_len(piece)
        shown.append(piece)
    return shown


def printable(text: str, encoding: str = "utf-8") -> str:
    """The text with its line breaks, without anything that could steer a terminal or that `encoding` cannot express."""
    return "\n".join(line if _harmless(line) else "".join(pieces(line, encoding)) for line in split_lines(text))


def one_line(text: str, encoding: str = "utf-8") -> str:
    """The text as one line with single spaces, for an expression that is written over several lines."""
    return " ".join(printable(text, encoding).split())


def code_line(text: str, encoding: str = "utf-8") -> str:
    """An expression on one line, as it would have been written there."""
    line = one_line(text, encoding)
    return _BEFORE_CLOSING.sub(r"\1", _AFTER_OPENING.sub(r"\1", line)) if "\n" in text else line


def inline(text: str, encoding: str = "utf-8") -> str:
    """The text on one line with its spaces as they are, for a name or a path."""
    return printable(text, encoding).replace("\n", " ")


def split_lines(text: str) -> list[str]:
    """Lines as Python's own parser sees them; `str.splitlines` would also break at form feeds and U+2028."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def fit(text: str, cells: int) -> str:
    """The longest beginning that is not wider than `cells`."""
    widths = takewhile(lambda width: width <= cells, accumulate(map(cell_len, text)))
    return text[: sum(1 for _ in widths)]


def fit_end(text: str, cells: int) -> str:
    """The longest end that is not wider than `cells`."""
    return fit(text[::-1], cells)[::-1]


def shorten(text: str, cells: int) -> str:
    """The text, or its beginning and `...` where it is wider than `cells`."""
    return text if cell_len(text) <= cells else fit(text, max(cells - len(ELLIPSIS), 1)) + ELLIPSIS


def shorten_middle(text: str, cells: int) -> str:
    """The text, or its two ends around `...` where it is wider than `cells`: for names that differ at the end."""
    if cell_len(text) <= cells:
        return text
    room = max(cells - len(ELLIPSIS), 2)
    return fit(text, room // 2) + ELLIPSIS + fit_end(text, room - room // 2)


def _harmless(line: str) -> bool:
    return line.isascii() and line.isprintable()


@lru_cache(maxsize=4096)
def _shown(character: str, encoding: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return ""
    if category in ("Zl", "Zp"):
        return " "
    if character in _REORDERING or not _encodable(character, encoding):
        return character.encode("ascii", "backslashreplace").decode()
    return character


def _encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
