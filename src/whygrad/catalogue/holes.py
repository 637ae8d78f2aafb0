"""A form of the catalogue, such as `tf.sigmoid(10.0 * ({0} - {1}))`, comes in; its holes go out. By hand: importing `re` takes longer."""

from __future__ import annotations

from collections.abc import Callable

from whygrad.dataclass import dataclass

__all__ = ["Hole", "holes", "with_functions", "without_brackets"]


@dataclass(frozen=True, slots=True)
class Hole:
    """`{key}` or `{key[element]}`, from the first brace to behind the last one."""

    start: int
    end: int
    key: str
    element: str


def holes(text: str) -> list[Hole]:
    """In their order."""
    found: list[Hole] = []
    start = text.find("{")
    while start >= 0:
        end = text.index("}", start) + 1
        key, _, element = text[start + 1 : end - 1].partition("[")
        found.append(Hole(start, end, key, element.removesuffix("]")))
        start = text.find("{", end)
    return found


def without_brackets(text: str) -> str:
    """`10.0 * ({0})` -> `10.0 * {0}`, but not `tf.sigmoid({0})`."""
    for hole in reversed(holes(text)):
        before, after = text[: hole.start], text[hole.end :]
        if before.endswith("(") and after.startswith(")") and not _ends_in_word(before[:-1]):
            text = before[:-1] + text[hole.start : hole.end] + after[1:]
    return text


def with_functions(text: str, name_of: Callable[[str], str]) -> str:
    """Each function of the form by another name: `tf.sigmoid(` as `ops.sigmoid(`."""
    first, *parts = text.split("tf.")
    for part in parts:
        name, bracket, rest = part.partition("(")
        called = bool(bracket) and all(word.isidentifier() for word in name.split("."))
        first += f"{name_of(name)}({rest}" if called else f"tf.{part}"
    return first


def _ends_in_word(text: str) -> bool:
    return text[-1:].isalnum() or text[-1:] == "_"
