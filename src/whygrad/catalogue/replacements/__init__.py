"""What to write instead of a function that cuts the path: an Entry or an op comes in, Replacements with code that was run go out.

A replacement is one text file in this folder: a few `key: value` lines, an empty line, code. It exists by being there. `ops`: op types that it
stands in for; `names`: patterns for functions; `x` and `loss`: the values and the expression with which its test asks for a gradient.

More lines, where it has them. `inline WORDS`: one expression in the place of the call, for the ops and functions of these names (all, where
there are none): `{0}`, `{dtype}` are arguments of the call, `{1[0]}` is an element of one, `{call}` the call itself, other words are new
names that `before` gives a value to. `needs`: an argument that the call must have. `call`: what its test rewrites and runs. `edit`: what that does.
`advice`: the sentence of a report. `metric WORDS`: functions with such a word in their name are a metric, and what to train with in its place.
`inside WORDS`: for functions of these names, which have no finite slope or no value somewhere, what stands in the place of the argument that
it holds. `instead`: pairs `function=function` that take the same arguments. `twin NAME`: the function of TensorFlow that does what one of
NumPy does, with its arguments in order (`a:input_tensor`: what they are called there and here; `*`: by keyword only; `-`: has none here),
how many are needed, and how safe it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache

from whygrad.catalogue.entry import CUT, Entry, Status
from whygrad.dataclass import dataclass

__all__ = [
    "Inline",
    "Replacement",
    "Twin",
    "all_replacements",
    "for_entry",
    "for_name",
    "for_op",
    "inside_of",
    "instead_of",
    "loss_for",
    "metric_words",
    "twins",
]


@dataclass(frozen=True, slots=True)
class Inline:
    """One expression in the place of a call. `words`: the ops and functions that it holds for; empty: all of the replacement."""

    words: tuple[str, ...]
    text: str
    call: str = ""
    before: str = ""
    needs: str = ""
    edit: str = ""
    advice: str = ""

    def fits(self, *words: str) -> bool:
        return not self.words or bool(set(words) & set(self.words))


@dataclass(frozen=True, slots=True)
class Twin:
    """TensorFlow's function for one of NumPy. `arguments`: in order, the names they have there and here, as "axis" or "a:input_tensor"."""

    name: str
    arguments: tuple[str, ...]
    needed: int
    safe: bool


_SUFFIX = ".txt"


@dataclass(frozen=True, slots=True)
class Replacement:
    """`code` defines what `loss` uses; both expect `tf`. `cost`: what is different from the original."""

    slug: str
    title: str
    ops: tuple[str, ...]
    names: tuple[str, ...]
    cost: str
    x: str
    loss: str
    code: str
    inlines: tuple[Inline, ...] = ()
    advice: str = ""
    metrics: tuple[tuple[str, str], ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    insides: tuple[tuple[str, str], ...] = ()
    twins: tuple[tuple[str, Twin], ...] = ()

    def inline(self, *words: str) -> Inline | None:
        """The one for an op or a function of one of these names."""
        return next((i for i in sorted(self.inlines, key=lambda i: not i.words) if i.fits(*words)), None)


@cache
def all_replacements() -> tuple[Replacement, ...]:
    """Every replacement, by slug."""
    here = os.path.dirname(__file__)
    return tuple(_read(os.path.join(here, name)) for name in sorted(os.listdir(here)) if name.endswith(_SUFFIX))


def for_op(op: str) -> tuple[Replacement, ...]:
    """What stands in for an op type such as `Round`."""
    return tuple(r for r in all_replacements() if op in r.ops)


def for_name(function: str) -> tuple[Replacement, ...]:
    """What names this very function: one that was not measured, of another library or gone from TensorFlow."""
    return tuple(r for r in all_replacements() if function in r.names)


def for_entry(entry: Entry) -> tuple[Replacement, ...]:
    """By the names of the function first, then by the ops at which its gradient stops."""
    found = list(_by_name(entry))
    if not found and _is_cut(entry):
        ops = dict.fromkeys(op for a in entry.float_arguments for op in entry.detail(a.name).stops_at)
        found = [r for op in ops for r in for_op(op)]
    return tuple(dict.fromkeys(found))


def metric_words() -> Iterator[str]:
    """Words in the names of functions that measure, and are no loss."""
    return (word for r in all_replacements() for word, _ in r.metrics)


def loss_for(function: str) -> str | None:
    """What to train with in the place of a metric, by a word in the name of the user's function."""
    return next((loss for r in all_replacements() for word, loss in r.metrics if word in function.lower()), None)


@cache
def twins() -> Mapping[str, Twin]:
    """By the full names of NumPy's functions."""
    return dict(pair for r in all_replacements() for pair in r.twins)


def inside_of(function: str) -> str | None:
    """What keeps the argument of a function in the range where its slope is finite, by the last part of its name."""
    last = function.rpartition(".")[2]
    return next((text for r in all_replacements() for word, text in r.insides if word == last), None)


def instead_of(function: str) -> str | None:
    """The function that takes the same arguments and has a gradient: the loss that belongs to a metric."""
    return next((new for r in all_replacements() for old, new in r.instead if old == function), None)


def _by_name(entry: Entry) -> Iterator[Replacement]:
    op = entry.name.removeprefix("tensorflow.raw_ops.")
    for replacement in all_replacements():
        by_pattern = any(_matches(name, pattern) for pattern in replacement.names for name in entry.names)
        if by_pattern or op in replacement.ops:
            yield replacement


def _matches(name: str, pattern: str) -> bool:
    """`*` stands for anything; nothing else is special. As `fnmatchcase`, which imports `re`."""
    first, *parts = pattern.split("*")
    if not parts:
        return name == pattern
    *middle, last = parts
    at = len(first)
    for part in middle:
        found = name.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return name.startswith(first) and name.endswith(last) and len(name) - len(last) >= at


def _is_cut(entry: Entry) -> bool:
    return entry.status in CUT or (entry.status is Status.DEPENDS and any(set(f) & CUT for f in entry.flows.values()))


def _read(file: str) -> Replacement:
    with open(file, encoding="utf-8") as opened:
        head, _, code = opened.read().partition("\n\n")
    fields = {key: value.strip() for key, _, value in (line.partition(":") for line in head.splitlines())}
    return Replacement(
        os.path.basename(file).removesuffix(_SUFFIX),
        fields["title"],
        tuple(fields["ops"].split()),
        tuple(fields["names"].split()),
        fields["cost"],
        fields["x"],
        fields["loss"],
        code,
        tuple(_inline(fields, key.removeprefix("inline")) for key in fields if key.partition(" ")[0] == "inline"),
        fields.get("advice", ""),
        _by_word(fields, "metric"),
        tuple((old, new) for old, _, new in (pair.partition("=") for pair in fields.get("instead", "").split())),
        _by_word(fields, "inside"),
        tuple((key.removeprefix("twin "), _twin(text)) for key, text in fields.items() if key.startswith("twin ")),
    )


def _by_word(fields: Mapping[str, str], name: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, text) for key, text in fields.items() for word in key.split()[1:] if key.startswith(f"{name} "))


def _twin(text: str) -> Twin:
    """`tf.concat(arrays:values, axis); 1; safe`."""
    call, needed, safety = text.split("; ")
    name, _, arguments = call.removesuffix(")").removeprefix("tf.").partition("(")
    return Twin(name, tuple(arguments.split(", ")), int(needed), safety == "safe")


def _inline(fields: dict[str, str], words: str) -> Inline:
    """What is not said for these words is what is said for all."""
    further = (fields.get(f"{key}{words}", fields.get(key, "")) for key in ("call", "before", "needs", "edit", "advice"))
    return Inline(tuple(words.split()), fields[f"inline{words}"], *further)
