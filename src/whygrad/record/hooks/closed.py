"""Layers in which no code of the user's runs: all operations in a call of one have the same place, and it is looked up once (Keras 2 and 3)."""

from __future__ import annotations

import functools
import sys
from types import FunctionType, MethodType
from typing import Any
from weakref import WeakKeyDictionary

from whygrad.record import sites

PLAIN = (type(None), bool, int, float, complex, str, bytes)
DEEP = 2  # containers in containers that are looked into

_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def is_closed(layer: Any) -> bool:
    """Its class and those above are a library's, and so is all that it was given to call: an activation, an initialiser, a function."""
    known = _known.get(layer)
    if known is None:
        own = all(map(_is_of_library, type(layer).__mro__))
        known = _known[layer] = own and not any(_may_run(value, DEEP) for value in vars(layer).values())
    return known


@functools.cache
def _is_of_library(cls: type) -> bool:
    if cls.__module__ == "__main__":
        return False
    file = getattr(sys.modules.get(cls.__module__), "__file__", None)
    return file is None or not sites.is_user_file(file)


def _may_run(value: Any, deep: int) -> bool:
    """Could a call of the layer run code of the user's through this? Layers inside it have calls of their own."""
    if isinstance(value, PLAIN) or hasattr(type(value), "_flatten_layers"):
        return False
    if isinstance(value, MethodType):
        return _may_run(value.__func__, deep)
    if isinstance(value, functools.partial):
        return _may_run(value.func, deep)
    if isinstance(value, FunctionType):
        return sites.is_user_code(value.__code__)
    if isinstance(value, dict):
        return deep > 0 and any(_may_run(item, deep - 1) for item in value.values())
    if isinstance(value, (list, tuple, set)):
        return deep > 0 and any(_may_run(item, deep - 1) for item in value)
    kind: type = type(value)
    return not _is_of_library(kind)
