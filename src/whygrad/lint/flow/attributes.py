"""`value.name`: attributes of objects, modules, classes and tensors."""

from __future__ import annotations

import math

from whygrad.lint.flow import outside
from whygrad.lint.flow.graph import Site
from whygrad.lint.flow.imports import loaded, resolved
from whygrad.lint.flow.infinities import INFINITY
from whygrad.lint.flow.truth import without_none
from whygrad.lint.flow.values import (
    Bound,
    Class,
    Either,
    Function,
    Library,
    Module,
    Object,
    Plain,
    Super,
    Unknown,
    Value,
)
from whygrad.lint.flow.walk import Arguments, Walk


def attribute(walk: Walk, value: Value, name: str, site: Site) -> Value:
    """What `value.name` stands for. An attribute that is not known remembers of what it is one, so that calling it is a method call."""
    if value.__class__ is Library:
        return Plain(math.inf) if name in INFINITY and value.name in ("numpy", "math") else Library(f"{value.name}.{name}")
    value = without_none(value)
    if isinstance(value, Either):
        joined: Value = walk.state.join([attribute(walk, option, name, site) for option in value.options])
        return joined
    if isinstance(value, Library):
        return Library(f"{value.name}.{name}")
    if isinstance(value, Module) and name in loaded(walk, value).cells:
        return resolved(value.cells, name)
    if isinstance(value, Object):
        return _of_object(walk, value, name, site)
    if isinstance(value, Super):
        return _of_super(value, name)
    if isinstance(value, Class):
        return _of_class(walk, value, name, site)
    return outside.attribute(walk, value, name, site) or unresolved(walk, value, name, site)


def unresolved(walk: Walk, value: Value, name: str, site: Site) -> Value:
    made = walk.unknown(site, value)
    return Unknown(made.node, value, name)


def _of_object(walk: Walk, value: Object, name: str, site: Site) -> Value:
    if name in value.cells:
        found: Value = value.cells[name]
        return found
    inherited = value.cls.find(name) if value.cls is not None else None
    if inherited is not None:
        return _bound(walk, value, inherited[0], site)
    return outside.attribute(walk, value, name, site) or unresolved(walk, value, name, site)


def _bound(walk: Walk, receiver: Value, found: Value, site: Site) -> Value:
    if not isinstance(found, Function) or "staticmethod" in found.marks:
        return found
    if "property" in found.marks:
        return walk.call(found, Arguments([receiver]), site)
    if "cached" in found.marks:
        kept: Value = walk.call(found, Arguments([receiver]), site)
        if isinstance(receiver, Object):
            walk.state.write(receiver.cells, found.name, kept)
        return kept
    if "classmethod" in found.marks and isinstance(receiver, Object) and receiver.cls is not None:
        return Bound(receiver.cls, found)
    return Bound(receiver, found)


def _of_super(value: Super, name: str) -> Value:
    """The next class that has it; else the library's base class."""
    receiver = value.receiver
    line = list(receiver.cls.ancestors()) if isinstance(receiver, Object) and receiver.cls is not None else []
    later = line[line.index(value.owner) + 1 :] if value.owner in line else []
    found = next((c.cells[name] for c in later if name in c.cells), None)
    if isinstance(found, Function):
        return Bound(receiver, found)
    return found if isinstance(found, Value) else Bound(receiver, f"super.{name}")


def _of_class(walk: Walk, value: Class, name: str, site: Site) -> Value:
    found = value.find(name)
    if found is None:
        return unresolved(walk, value, name, site)
    if isinstance(found[0], Function) and "classmethod" in found[0].marks:
        return Bound(value, found[0])
    return found[0]
