"""Variables: where each was created, what it started as, and attributes that lost one (seen on 2.15 to 2.21)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tensorflow.python.ops import ref_variable, resource_variable_ops
from tensorflow.python.trackable import autotrackable

from whygrad import recording as rec
from whygrad.record.hooks import births, first_values
from whygrad.record.hooks.disguise import disguise
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.hooks.values import dtype_text, key_of
from whygrad.record.recorder import Recorder


def install(patches: Patches) -> None:
    r = patches.recorder
    patches.wrap(resource_variable_ops.BaseResourceVariable, "__init__", lambda original: _created(r, original))
    patches.wrap(ref_variable.RefVariable, "__init__", lambda original: _created(r, original))
    patches.wrap(autotrackable.AutoTrackable, "__setattr__", lambda original: setattr_hook(r, original))
    r.look_back = lambda: first_values.look_back(r)


def _created(r: Recorder, original: Any) -> Any:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        original(self, *args, **kwargs)
        if r.active:
            with guarded(r):
                if key_of(self) not in r.variables:
                    made = r.thread.filling
                    enter(r, self, r.site(sys._getframe(1)) if made is None else made, births.of(r, sys._getframe(1)))

    return __init__


def enter(r: Recorder, variable: Any, site: int, born: births.Birth) -> None:
    """Add a new variable; the innermost constructor that knows its handle wins."""
    key = key_of(variable)
    if key < 0 or key in r.variables:
        return
    shape = variable.shape
    dims = None if shape.rank is None else tuple(shape.as_list())
    name = variable.name.split(":")[0]
    known = r.variables[key] = rec.Variable(
        key, name, dtype_text(variable.dtype), dims, bool(variable.trainable), site, r.clock, born.word,
        initializer=born.initializer, full_name=born.full_name, keeper=born.keeper, layer_site=r.layer_sites.get(born.layer, -1),
    )  # fmt: skip
    first_values.look(r, variable, known)


PLAIN = frozenset((str, int, float, bool, type(None), list, tuple, dict, set))


def setattr_hook(r: Recorder, original: Any) -> Any:
    """Notice `module.w = tensor` where `module.w` was a variable: the commonest way to lose one."""

    def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807
        if r.active and type(value) not in PLAIN:
            with guarded(r):
                before = self.__dict__.get(name)
                if before is None and not name.startswith("_"):
                    before = self.__dict__.get(f"_{name}")
                if before is not None and before is not value and replaces(before, value):
                    r.event("replaced", key=key_of(before), other=key_of(value), text=name, site=r.site(sys._getframe(1)))
        original(self, name, value)

    disguised: Callable[..., None] = disguise(__setattr__, original)
    return disguised


def replaces(variable: Any, value: Any) -> bool:
    """Whether a tensor or an array takes the place of a variable of its shape. Of other values nothing is read: their attributes may run code."""
    if not (hasattr(type(variable), "assign") and hasattr(type(value), "dtype")) or hasattr(type(value), "assign"):
        return False
    return bool(getattr(variable, "shape", None) == getattr(value, "shape", ()))
