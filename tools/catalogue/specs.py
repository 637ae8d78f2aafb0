"""A Target -> a spec that can be called: written by hand in examples/, or found by trying what its arguments' names suggest."""

from __future__ import annotations

import inspect
import itertools
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tools.catalogue.arguments import signature
from tools.catalogue.backwards import back, first_line, is_smooth
from tools.catalogue.calls import Spec, call
from tools.catalogue.knowledge import LETTERS, NEVER_OPTIONAL, OPTIONAL, REQUIRED, SHAPES
from tools.catalogue.surface import Target
from tools.catalogue.values import Values

EXAMPLES = Path(__file__).parent / "examples"
MOST_TRIES = 150
SECONDS = 20.0
USABLE = ("finite", "not finite", "weak")


class NoCallError(Exception):
    """No arguments were found with which the function can be called; the text is the last error."""


@cache
def examples() -> dict[str, Spec]:
    """Lines of examples/*.txt: `tensorflow.gather: params=f(4, 3); indices=i(4, 2)`."""
    lines = (line for file in sorted(EXAMPLES.glob("*.txt")) for line in file.read_text("utf-8").splitlines())
    return dict(parse(line) for line in lines if line.strip() and not line.startswith("#"))


def parse(line: str) -> tuple[str, Spec]:
    name, _, rest = line.partition(": ")
    return name, dict(part.split("=", 1) for part in rest.split("; ") if part)


def example(target: Target) -> Spec | None:
    known = examples()
    same_in_keras = [n.replace("tf_keras.", "keras.", 1) for n in (*target.aliases, target.name)]
    return next((known[n] for n in (target.name, *target.aliases, *same_in_keras) if n in known), None)


def spec_for(target: Target) -> Spec:
    """Raises NoCallError."""
    by_hand = example(target)
    if by_hand is not None:
        verdict = attempt(target, by_hand)
        if verdict in USABLE:
            return by_hand
        raise NoCallError(verdict)
    return _search(target)


def _search(target: Target) -> Spec:
    ends, second, error = time.monotonic() + SECONDS, None, ""
    for spec in itertools.islice(_tries(target), MOST_TRIES):
        if time.monotonic() > ends:
            break
        verdict = attempt(target, spec)
        if verdict == "finite":
            return spec
        if verdict in USABLE:
            second = second or spec
        else:
            error = error or verdict
    if second is None:
        raise NoCallError(error or "it has no signature")
    return second


def attempt(target: Target, spec: Spec) -> str:
    """finite; not finite; weak, of which little can be learnt: empty outputs, or a gradient function that fails; or the error."""
    try:
        ran = call(target, spec, Values(1))
    except Exception as error:
        return f"{type(error).__name__}: {first_line(error)}"
    smooth = [n for n, x in enumerate(ran.outputs) if is_smooth(x.dtype)]
    arrays = [np.asarray(ran.outputs[n]) for n in smooth]
    if any(not np.isfinite(a.astype(a.dtype if a.dtype.kind in "fc" else "float32")).all() for a in arrays):
        return "not finite"
    asked = (back(ran, n, leaf).error for n in smooth for leaf in range(len(ran.values.leaves)))
    return "weak" if any(a.size == 0 for a in arrays) or any(e not in ("", "LookupError") for e in asked) else "finite"


def _tries(target: Target) -> Iterator[Spec]:
    found = signature(target)
    if found is None:
        return
    required = [p for p in found.parameters.values() if p.name != "self" and p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    names = [f"*{p.name}" if p.kind is p.VAR_POSITIONAL else p.name for p in required]
    seen = set()
    for choice in _choices(names):
        key = tuple(choice)
        if key not in seen:
            seen.add(key)
            yield dict(zip(names, choice))


def _choices(names: list[str]) -> Iterator[tuple[str, ...]]:
    """First all unknown arguments alike, then mixed, the ones that are no floats last."""
    for letter, shape in itertools.product("f", SHAPES):
        yield from itertools.islice(itertools.product(*(_texts(n, f"{letter}({shape})") for n in names)), 24)
    for letter, shape in [("p", "3, 4"), ("g", "3, 4"), ("f", "8"), ("spd", "3, 3"), ("c", "3, 4"), ("c", "4, 8"), ("c", "2, 4, 4, 4")]:
        yield from itertools.islice(itertools.product(*(_texts(n, f"{letter}({shape})") for n in names)), 6)
    unknown = [n for n in names if n not in REQUIRED]
    for letters in sorted(itertools.product(LETTERS, repeat=min(len(unknown), 3)), key=lambda ls: sum(x in "nb" for x in ls)):
        given = {n: f"{letter}(3, 4)" for n, letter in zip(unknown, letters)}
        yield tuple(given.get(n) or _texts(n, "f(3, 4)")[0] for n in names)
    yield tuple(_texts(n, "s('a b', 'c')")[0] for n in names)
    yield tuple(_texts(n, "rt()")[0] for n in names)
    yield tuple(_texts(n, "sp()")[0] for n in names)


def _texts(name: str, usual: str) -> tuple[str, ...]:
    if name.startswith("*"):
        return (f"[{usual}, {usual}]", f"[{usual}]")
    return (*REQUIRED.get(name, ()), usual) if name in REQUIRED else (usual,)


def extras(target: Target, spec: Spec) -> dict[str, Spec]:
    """Optional arguments that accept floats, each with a spec that holds it."""
    found: dict[str, Spec] = {}
    ends = time.monotonic() + SECONDS / 2
    listed = signature(target)
    for parameter in listed.parameters.values() if listed else ():
        if parameter.name in spec or not _may_be_float(parameter) or time.monotonic() > ends:
            continue
        for text in OPTIONAL.get(parameter.name) or _optional_texts(parameter, spec):
            wider = {**spec, parameter.name: text}
            if attempt(target, wider) == "finite":
                found[parameter.name] = wider
                break
    return found


def _may_be_float(parameter: inspect.Parameter) -> bool:
    default: Any = parameter.default
    return (isinstance(default, float) or default is None) and parameter.name not in NEVER_OPTIONAL


def _optional_texts(parameter: inspect.Parameter, spec: Spec) -> tuple[str, ...]:
    like = next((t.replace(t[0], "p", 1) for t in spec.values() if t[0] in "fpg" and t[1] == "("), "p(3, 4)")
    return ("p()", like) if parameter.default is not None else (like, "p(4)", "p()")
