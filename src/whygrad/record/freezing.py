"""What is remembered of Keras models: the train steps that were built for them, and layers that were released too late for those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary, ref

Prints = Mapping[int, int]  # fingerprints of values, by the key of the variable


@dataclass(frozen=True, slots=True)
class Built:
    """What a train step trains stays what was trainable when it was built: variables by their keys."""

    site: int
    trained: frozenset[int]


@dataclass(frozen=True, slots=True)
class Release:
    """`trainable = True` on a layer, with the values that its own variables and those of the step had then."""

    site: int
    clock: int
    step: Built
    own: Prints
    trained: Prints


@dataclass(frozen=True, slots=True)
class Held:
    """A layer that was released inside a model that stays frozen, and the name of that model."""

    site: int
    layer: ref[Any]
    around: str


@dataclass(slots=True)
class Freezing:
    """`releases` are by layer and model; `freed` are the lines that released a layer; `held` is what `compile` found, by model."""

    built: WeakKeyDictionary[Any, Built] = field(default_factory=WeakKeyDictionary)
    releases: dict[tuple[int, int], Release] = field(default_factory=dict)
    freed: WeakKeyDictionary[Any, int] = field(default_factory=WeakKeyDictionary)
    held: WeakKeyDictionary[Any, list[Held]] = field(default_factory=WeakKeyDictionary)
