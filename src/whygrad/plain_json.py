"""Plain values come in, JSON goes out, and back: what `json` does for values without surprises, without the modules that it imports for the others.
The scanner and the strings are those that `json` itself uses."""

from __future__ import annotations

from _json import encode_basestring_ascii, make_scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class _Settings:
    """What a scanner asks for: no special treatment of anything."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    parse_string = None
    memo: dict[str, str] = {}  # noqa: RUF012 - the name is the scanner's


_scan = make_scanner(_Settings())  # type: ignore[arg-type]


def loads(text: str) -> Any:
    """The value of a JSON text that begins with it. Raises ValueError."""
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("no JSON") from None
    if text[end:].strip():
        raise ValueError("something follows the JSON")
    return value


def dumps(value: Any, indent: str = "") -> str:
    """ASCII, as `json.dumps(value, indent=..., allow_nan=False)` writes it; on one line without `indent`. Raises ValueError and TypeError."""
    return "".join(_written(value, indent, "\n"))


def _written(value: Any, indent: str, line: str) -> Iterator[str]:
    if isinstance(value, str):
        yield encode_basestring_ascii(value)
    elif value is None or isinstance(value, bool):
        yield "null" if value is None else "true" if value else "false"
    elif isinstance(value, (int, float)):
        yield _number(value)
    elif isinstance(value, dict):
        yield from _listed(((f"{encode_basestring_ascii(key)}: ", item) for key, item in value.items()), "{}", indent, line)
    elif isinstance(value, (list, tuple)):
        yield from _listed((("", item) for item in value), "[]", indent, line)
    else:
        raise TypeError(f"{type(value).__name__} is nothing that JSON knows")


def _listed(items: Iterator[tuple[str, Any]], brackets: str, indent: str, line: str) -> Iterator[str]:
    inner = line + indent
    between, before = (f",{inner}", inner) if indent else (", ", "")
    empty = True
    yield brackets[0]
    for name, item in items:
        yield (before if empty else between) + name
        yield from _written(item, indent, inner)
        empty = False
    yield (line if indent and not empty else "") + brackets[1]


def _number(value: float) -> str:
    if isinstance(value, int):
        return int.__repr__(value)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"JSON has no {value}")
    return float.__repr__(value)
