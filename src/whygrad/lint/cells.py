"""The JSON text of a notebook and new sources of cells come in; the text with only those strings replaced goes out. The rest keeps every byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
Span = tuple[int, int]


def cell_sources(text: str) -> dict[int, str]:
    """The source of each cell, by its number from 1, as `with_sources` takes them. `text` is a notebook that `json` can read."""
    return {number: _joined(json.loads(text[start:end])) for number, (start, end) in _source_spans(text)}


def with_sources(text: str, new: Mapping[int, str]) -> str:
    """The notebook with these cells changed."""
    for number, (start, end) in sorted(_source_spans(text), reverse=True):
        if number in new:
            text = text[:start] + _rewritten(text[start:end], new[number]) + text[end:]
    return text


def _rewritten(old: str, source: str) -> str:
    """The JSON value of a source in the form of the old one: a string, or a list of lines with its indentation."""
    escape = old.isascii() and "\\u" in old
    if not old.startswith("["):
        return json.dumps(source, ensure_ascii=escape)
    lines = source.splitlines(keepends=True) if "\r" not in source else re.findall(r"[^\n]*\n|[^\n]+", source)
    if not lines:
        return "[]"
    opening, between, closing = _layout(old)
    written = {_text(old, span): old[slice(*span)] for span in _items(old, 0)}  # a line that stays keeps its spelling
    return "[" + opening + between.join(written.get(line) or json.dumps(line, ensure_ascii=escape) for line in lines) + closing + "]"


def _layout(old: str) -> tuple[str, str, str]:
    """The white space after `[`, the text between two items, the white space before `]`."""
    items = list(_items(old, 0))
    if not items:
        return "", ", ", ""
    opening, closing = old[1 : items[0][0]], old[items[-1][1] : -1]
    return opening, old[items[0][1] : items[1][0]] if len(items) > 1 else "," + (opening or " "), closing


def _source_spans(text: str) -> Iterator[tuple[int, Span]]:
    for key, span in _members(text, _skip(text, 0)):
        if key == "cells" and text[span[0]] == "[":
            for number, cell in enumerate(_items(text, span[0]), 1):
                inner = dict(_members(text, cell[0])) if text[cell[0]] == "{" else {}
                if "source" in inner:
                    yield number, inner["source"]


def _members(text: str, at: int) -> Iterator[tuple[str, Span]]:
    """The keys of the object that begins at `at`, with the span of each value."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield key, (start, end)
        at = _next(text, end)


def _items(text: str, at: int) -> Iterator[Span]:
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _next(text, end)


def _next(text: str, at: int) -> int:
    """Behind the comma, or on the bracket that closes."""
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _text(old: str, span: Span) -> Any:
    return json.loads(old[slice(*span)])


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
