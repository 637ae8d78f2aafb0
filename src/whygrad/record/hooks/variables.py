"""Variables: where each was created, what it started as, and attributes that lost one (seen on 2.15 to 2.21)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from tensorflow.python.framework import ops as tf_ops
from tensorflow.python.ops import ref_variable, resource_variable_ops
from tensorflow.python.trackable import autotrackable

from whygrad import recording as rec
from whygrad.record.hooks.disguise import disguise
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.hooks.values import dtype_text, key_of
from whygrad.record.recorder import Recorder

PEEK = 100_000  # larger initial values are not looked at: reading them would cost the user's program time


def install(patches: Patches) -> None:
    r = patches.recorder
    patches.wrap(resource_variable_ops.BaseResourceVariable, "__init__", lambda original: _created(r, original))
    patches.wrap(ref_variable.RefVariable, "__init__", lambda original: _created(r, original))
    patches.wrap(autotrackable.AutoTrackable, "__setattr__", lambda original: setattr_hook(r, original))


def _created(r: Recorder, original: Any) -> Any:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        original(self, *args, **kwargs)
        if r.active:
            with guarded(r):
                if key_of(self) not in r.variables:
                    made = r.thread.filling
                    enter(r, self, r.site(sys._getframe(1)) if made is None else made)

    return __init__


def enter(r: Recorder, variable: Any, site: int) -> None:
    """Add a new variable; the innermost constructor that knows its handle wins."""
    key = key_of(variable)
    if key < 0 or key in r.variables:
        return
    shape = variable.shape
    dims = None if shape.rank is None else tuple(shape.as_list())
    name = variable.name.split(":")[0]
    r.variables[key] = rec.Variable(key, name, dtype_text(variable.dtype), dims, bool(variable.trainable), site, r.clock, _initial(variable))


def _initial(variable: Any) -> str | None:
    """zeros, ones or constant by a look at small values; None: the ops that made the value tell."""
    handle = getattr(variable, "handle", None)
    size = variable.shape.num_elements()
    if handle is None or not size or size > PEEK or not tf_ops.executing_eagerly_outside_functions() or not hasattr(handle, "_numpy_internal"):
        return None
    if not tf_ops.get_default_graph().building_function and variable.dtype.is_numpy_compatible and variable.is_initialized():
        return kind_of_value(np.asarray(resource_variable_ops.gen_resource_variable_ops.read_variable_op(handle, variable.dtype)))
    return None


def kind_of_value(value: Any) -> str | None:
    if value.dtype.kind not in "fiucb" or value.size == 0:
        return None
    first = value.flat[0]
    if not np.all(value == first):
        return None
    return "zeros" if first == 0 else "ones" if first == 1 else "constant"


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
