"""Entry <-> one line of a data file: all names, a tab, the rest as JSON. The names can be read without parsing the rest, and a diff shows one
function per line."""

from __future__ import annotations

from collections.abc import Iterable

from whygrad.catalogue.entry import Argument, Detail, Entry, Output, Status
from whygrad.plain_json import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CODES = {
    "g": Status.GRADIENT,
    "n": Status.NONE,
    "z": Status.ZERO,
    "i": Status.INDEX,
    "f": Status.NOT_FLOAT,
    "l": Status.NO_REGISTERED_GRADIENT,
    "d": Status.DEPENDS,
    "m": Status.NOT_MEASURED,
}
LETTERS = {status: letter for letter, status in CODES.items()}
KINDS = {"f": "float", "c": "complex", "i": "integer", "b": "bool", "s": "string", "-": "setting"}
KIND_LETTERS = {kind: letter for letter, kind in KINDS.items()}
KEYWORD_ONLY = "*"
OPTIONAL = "?"


def names_of(line: str) -> list[str]:
    """The canonical name first, then the aliases."""
    return line[: line.index("\t")].split(" ")


def entry_of(line: str) -> Entry:
    """The inverse of `line_of`."""
    names, _, rest = line.partition("\t")
    name, *aliases = names.split(" ")
    data = loads(rest)
    arguments, flows = _arguments(data.get("a", []))
    return Entry(
        name,
        tuple(aliases),
        arguments,
        tuple(Output(*o.rsplit(":", 1)) for o in data.get("o", [])),
        flows,
        {argument: _detail(d) for argument, d in data.get("w", {}).items()},
        data.get("c", ""),
        data.get("r", ""),
        data.get("q", ""),
        data.get("k", ""),
    )


def line_of(entry: Entry) -> str:
    """`a`: an argument as "name:kind:flow", position by order, "*name" by keyword only, "name?" with a default; `o`: an output as "name:dtype"."""
    data: dict[str, Any] = {
        "a": [_argument_text(a, entry.flows.get(a.name, ())) for a in entry.arguments],
        "o": [f"{o.name}:{o.dtype}" for o in entry.outputs],
        "w": {argument: _detail_data(d) for argument, d in entry.details.items() if d != Detail()},
        "c": entry.call,
        "r": entry.reason,
        "q": entry.doubt,
        "k": entry.checked,
    }
    import json

    return f"{' '.join(entry.names)}\t{json.dumps({k: v for k, v in data.items() if v}, separators=(',', ':'))}"


def _arguments(texts: Iterable[str]) -> tuple[tuple[Argument, ...], dict[str, tuple[Status, ...]]]:
    arguments, flows = [], {}
    for position, text in enumerate(texts):
        name, kind, flow = text.split(":")
        keyword_only = name.startswith(KEYWORD_ONLY)
        optional = name.endswith(OPTIONAL)
        name = name.strip(KEYWORD_ONLY + OPTIONAL)
        arguments.append(Argument(name, None if keyword_only else position, KINDS[kind], optional))
        if flow:
            flows[name] = tuple(CODES[letter] for letter in flow)
    return tuple(arguments), flows


def _argument_text(argument: Argument, flow: tuple[Status, ...]) -> str:
    before, after = KEYWORD_ONLY * (argument.position is None), OPTIONAL * argument.optional
    return f"{before}{argument.name}{after}:{KIND_LETTERS[argument.kind]}:{''.join(LETTERS[s] for s in flow)}"


def _detail(data: dict[str, Any]) -> Detail:
    return Detail(tuple(data.get("at", ())), tuple((c, CODES[s]) for c, s in data.get("if", ())), data.get("note", ""))


def _detail_data(detail: Detail) -> dict[str, Any]:
    data = {"at": list(detail.stops_at), "if": [[c, LETTERS[s]] for c, s in detail.depends], "note": detail.note}
    return {key: value for key, value in data.items() if value}
