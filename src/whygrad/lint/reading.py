"""The bytes of a Python file come in; a SourceFile goes out, or an InputError that says what is wrong, where, and what to do."""

from __future__ import annotations

import codecs

from whygrad.errors import InputError

LARGEST = 4_000_000  # bytes; above it stand generated tables, which take minutes and gigabytes to parse
_COOKIE = rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)"
_NO_CODE = rb"^[ \t\f]*(?:[#\r\n]|$)"
_NEWLINE = "\r\n|\r|\n"


class SourceFile:
    """A decoded file. `text` has "\\n" as its only line end; `original` is what stands on the disk, so that an edit keeps the rest as it is."""

    __slots__ = ("bom", "encoding", "original", "path", "text")

    def __init__(self, path: str, original: str, encoding: str, bom: bool) -> None:
        self.path = path
        self.original = original
        self.text = original.replace("\r\n", "\n").replace("\r", "\n") if "\r" in original else original
        self.encoding = encoding
        self.bom = bom

    def encoded(self, original: str) -> bytes:
        """The bytes of a changed `original`. Raises InputError where the file's encoding lacks a character."""
        try:
            return (codecs.BOM_UTF8 if self.bom else b"") + original.encode(self.encoding)
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            raise InputError(f"{self.path}: a repair needs {character!r}, which {self.encoding} cannot express; save the file as UTF-8") from None


def decoded(path: str, content: bytes) -> SourceFile:
    """The file as Python itself would read it (PEP 263). Raises InputError."""
    if len(content) > LARGEST:
        raise InputError(f"{path}: {len(content) / 1e6:.0f} MB are too large to be checked; leave it out with --exclude")
    bom = content.startswith(codecs.BOM_UTF8)
    body = content[len(codecs.BOM_UTF8) :] if bom else content
    if b"\0" in body:
        raise InputError(f"{path}:{_line(body, body.index(0))}: a null byte; save the file as UTF-8 text, or leave it out with --exclude")
    encoding = declared_encoding(body) or "utf-8"
    try:
        return SourceFile(path, str(body, encoding), encoding, bom)
    except LookupError:
        raise InputError(f"{path}: declares the unknown encoding {encoding!r}; save it as UTF-8 and declare that") from None
    except UnicodeDecodeError as error:
        advice = "save it as UTF-8" if declared_encoding(body) else "save it as UTF-8, or declare its encoding in the first line"
        raise InputError(f"{path}:{_line(body, error.start)}: byte 0x{body[error.start]:02x} is not {encoding}; {advice}") from None
    except (ValueError, TypeError):  # a codec that is no text encoding
        raise InputError(f"{path}: {encoding!r} is no encoding for source code; save it as UTF-8 and declare that") from None


def declared_encoding(body: bytes) -> str | None:
    """The encoding that a comment in one of the first two lines names."""
    head = body[:1000]
    if b"coding" not in head:
        return None
    import re  # takes longer than most files

    for line in head.splitlines()[:2]:
        found = re.match(_COOKIE, line)
        if found:
            return found.group(1).decode("ascii", "replace")
        if not re.match(_NO_CODE, line):
            return None
    return None


def newline_of(original: str) -> str:
    """The line end that the file uses most."""
    ends: dict[str, int] = {"\n": 0}
    import re

    for found in re.finditer(_NEWLINE, original):
        ends[found.group()] = ends.get(found.group(), 0) + 1
    return max(ends, key=lambda end: ends[end])


def line_starts(original: str) -> list[int]:
    """Where each line begins, as Python's parser counts lines."""
    import re

    return [0, *(found.end() for found in re.finditer(_NEWLINE, original))]


def _line(body: bytes, position: int) -> int:
    head = body[:position]
    return 1 + head.count(b"\n") + head.replace(b"\r\n", b"").count(b"\r")
