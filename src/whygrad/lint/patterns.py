"""The part of the prefilter that needs regular expressions: which modules a text imports, whether it derives from Loss, how it is encoded."""

from __future__ import annotations

import re

from whygrad.lint.modules import NEVER_OURS
from whygrad.lint.reading import declared_encoding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_IMPORT = re.compile(rb"[ \t]*(?:from[ \t]+(\.*)[ \t]*([\w.\x80-\xff]*)[ \t]+import\b[ \t]*(\([^)]*\)?|[^#\n;]*)|import[ \t]+([\w., \t\x80-\xff]+))")
_FROM_ELSEWHERE = tuple(f"from {name}{end}".encode() for name in NEVER_OURS for end in (".", " "))
_COMMENT = re.compile(r"#[^\n]*")
_LOSS_CLASS = re.compile(rb"class[ \t]+\w+\([^)]*Loss\b")
_STRING_OR_COMMENT = re.compile(
    rb"#[^\n]*"
    rb'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'",
    re.DOTALL,
)
_ASCII_BASED = re.compile(r"(?i)utf-?8|ascii|us-ascii|latin|iso-?8859|cp\d|windows|euc|gb|big5|koi8|mac|shift|sjis")


def code_only(content: bytes, *, braces: bool) -> bytes:
    """The source without its comments and strings, except formatted strings, in which code stands. `braces`: also others that have braces."""
    return _STRING_OR_COMMENT.sub(_with_braces if braces else _formatted, content)


def _with_braces(found: re.Match[bytes]) -> bytes:
    text = found.group()
    return text if b"{" in text and text[:1] != b"#" else b""


def _formatted(found: re.Match[bytes]) -> bytes:
    before = found.string[max(found.start() - 2, 0) : found.start()].lower()
    return _with_braces(found) if b"f" in before else b""


def derives_from_loss(content: bytes) -> bool:
    """Whether a class of it has a base called `...Loss`: its result is a loss wherever it is used."""
    return _LOSS_CLASS.search(content) is not None


def not_readable_as_ascii(content: bytes) -> bool:
    """In an encoding like UTF-7 the words look different."""
    encoding = declared_encoding(content)
    return encoding is not None and not _ASCII_BASED.match(encoding)


def imports(content: bytes) -> list[tuple[str, int]]:
    """The modules that a source imports, and the names that may be modules, as (name, level). Also what only looks like an import."""
    names: dict[tuple[str, int], None] = {}
    at = content.find(b"import")
    while at >= 0:
        line = content.rfind(b"\n", 0, at) + 1
        if not content.startswith(_FROM_ELSEWHERE, line) or b";" in content[line:at]:
            start = line + max(content[line:at].rfind(b";"), content[line:at].rfind(b":")) + 1
            found = _IMPORT.match(content, start)
            if found is not None:
                dots, base, what, plain = (str(group or b"", "utf-8", "replace") for group in found.groups())
                names |= dict.fromkeys(_meant(dots, base, _COMMENT.sub("", what), plain))
                at = max(at, found.end() - 1)
        at = content.find(b"import", at + 1)
    return list(names)


def _meant(dots: str, base: str, what: str, plain: str) -> Iterator[tuple[str, int]]:
    if plain:
        yield from ((part.split()[0], 0) for part in plain.split(",") if part.strip() and part.split()[0].partition(".")[0] not in NEVER_OURS)
        return
    if not dots and base.partition(".")[0] in NEVER_OURS:
        return
    yield base, len(dots)
    yield from ((f"{base}.{word}".lstrip("."), len(dots)) for word in re.findall(r"\w+", what) if word != "as")
