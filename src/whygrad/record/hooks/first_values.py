"""Values of variables: what they began as, whether the units of a kernel are equal, and whether they have changed by the end.

Values are read when a variable is made, when its gradient is first asked for, and when the recording is finished; none is kept, only what it
looks like and a fingerprint (seen on 2.15 to 2.21).
"""

from __future__ import annotations

import contextlib
import weakref
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from tensorflow.python.framework import ops as tf_ops
from tensorflow.python.ops import resource_variable_ops

from whygrad import recording as rec
from whygrad.record.copies import copied
from whygrad.record.hooks.patching import guarded, unseen
from whygrad.record.measure import GATES, alike
from whygrad.record.recorder import Recorder
from whygrad.samples import Alike, First

PEEK = 100_000  # elements: of larger values on a CPU as many are looked at; on an accelerator none, since copying them takes time
NUMBERS = "fiucbV"  # kinds of dtypes; V: bfloat16 and its like
MOST_KINDS = 8  # ways in which units are copies that are followed
LOOKS = 4  # answers at one place whose gradients are compared


def value_of(variable: Any) -> Any:
    """The value as a NumPy array, which may be the variable's own memory. None where it has none yet, or it would be dear to get."""
    handle = getattr(variable, "handle", None)
    size = variable.shape.num_elements()
    if handle is None or not size or not tf_ops.executing_eagerly_outside_functions() or not hasattr(handle, "_numpy_internal"):
        return None
    if tf_ops.get_default_graph().building_function or not variable.dtype.is_numpy_compatible or not variable.is_initialized():
        return None
    if size > PEEK and "CPU" not in variable.device:
        return None
    value = np.asarray(resource_variable_ops.gen_resource_variable_ops.read_variable_op(handle, variable.dtype)._numpy_internal())
    return value if value.dtype.kind in NUMBERS else None


def look(r: Recorder, variable: Any, known: rec.Variable) -> None:
    """Note what a variable begins as. Where it has no value yet, the word that the initializer gave stays."""
    r.values.variables[known.key] = weakref.ref(variable)
    value = value_of(variable)
    if value is not None:
        _note(r, known, value)


def _note(r: Recorder, known: rec.Variable, value: Any) -> None:
    kind = kind_of_value(value)
    if kind is not None:
        known.initial, known.value = kind, f"{value.flat[0]:.6g}" if value.dtype.kind in "fiu" else str(value.flat[0])
    r.values.prints[known.key] = fingerprint(value)


@contextlib.contextmanager
def held(r: Recorder, values: Mapping[int, Any]) -> Iterator[None]:
    """Variables of a graph for sessions have these values now. What is in order inside makes them the ones that training begins with."""
    arrays = {key: np.asarray(value) for key, value in values.items() if key in r.variables}
    r.thread.held = {key: value for key, value in arrays.items() if value.size and value.dtype.kind in NUMBERS}
    try:
        yield
        for key, value in r.thread.held.items():
            if key not in r.values.in_sessions:
                r.values.in_sessions.add(key)
                _note(r, r.variables[key], value)
    finally:
        r.thread.held = {}


def _value(r: Recorder, key: int) -> Any:
    if key in r.thread.held:
        return r.thread.held[key]
    variable = r.values.variables[key]()
    return None if variable is None else value_of(variable)


def kind_of_value(value: Any) -> str | None:
    """zeros, ones or constant; None where the elements differ."""
    if value.dtype.kind not in "fiucb" or value.size == 0:
        return None
    first = value.flat[0]
    if not (np.all(part(value) == first) and np.all(value == first)):
        return None
    return "zeros" if first == 0 else "ones" if first == 1 else "constant"


def part(value: Any) -> Any:
    """Of a large array elements evenly spaced."""
    flat = value.reshape(-1)
    return flat if flat.size <= PEEK else flat[:: flat.size // PEEK + 1]


def fingerprint(value: Any) -> int:
    return zlib.crc32(part(value).tobytes())


def compared(r: Recorder, call: rec.GradientCall, gradients: Sequence[Any]) -> dict[int, Alike]:
    """Of the first answers of a place: which gradients belong to a kernel with equal units, and whether theirs are equal, too."""
    looks = r.values.looks.get(call.site, 0)
    if looks >= LOOKS:
        return {}
    r.values.looks[call.site] = looks + 1
    fresh = [s.key for s in call.sources if s.key is not None and s.key not in r.values.asked and s.key in r.values.variables]
    if fresh:
        with unseen(r):
            for key in fresh:
                _begin(r, key)
            for key in fresh:
                _take_in(r, key)
    equal = {i: r.variables[s.key] for i, s in enumerate(call.sources) if s.key in r.values.equal} if r.values.equal else {}
    sizes = _sizes(v for v in equal.values() if v.alike is not None and (v.alike.columns or v.alike.parts))
    if not sizes and not r.values.copies:
        return {}
    dense = {i: known for i, known in equal.items() if gradients[i] is not None and _is_dense(gradients[i], known)}
    found = {i: _alike_again(r, gradients[i], sizes, known) for i, known in dense.items()}
    return {i: one for i, one in found.items() if one is not None}


def _alike_again(r: Recorder, array: Any, sizes: Sequence[int], known: rec.Variable) -> Alike | None:
    """A gradient, or a later value, of a kernel that began with equal units or takes such units in."""
    first = known.alike.first if known.alike is not None else ()
    return alike(array, sizes, first, r.values.copies)


def _sizes(variables: Iterable[rec.Variable]) -> list[int]:
    """So many units may be equal: all of a layer, or those of one gate."""
    units = {v.shape[-1] for v in variables if v.shape and v.shape[-1]}
    return sorted(units | {n // gates for n in units for gates in GATES if n % gates == 0 and n > gates})


def _is_dense(gradient: Any, variable: rec.Variable) -> bool:
    """Rows of IndexedSlices say as much of the units as all rows would; of the inputs they say nothing."""
    return variable.shape is not None and gradient.ndim == len(variable.shape)


def _begin(r: Recorder, key: int) -> None:
    """The gradient of a variable is asked for, for the first time: what it is now counts as what training begins with."""
    r.values.asked.add(key)
    known, value = r.variables[key], _value(r, key)
    if value is None:
        return
    r.values.prints[key] = fingerprint(value)
    first = copied(value) if known.trainable else ()
    if known.trainable and (first or _may_be_equal(value)):
        known.alike = alike(value, (), first)
        if known.alike is not None and (known.alike.columns or known.alike.rows or known.alike.parts or known.alike.first):
            r.values.equal.add(key)
            _is_followed(r, known.alike.first)


def _is_followed(r: Recorder, first: First) -> None:
    if first and first not in r.values.copies and len(r.values.copies) < MOST_KINDS:
        r.values.copies.append(first)


def _take_in(r: Recorder, key: int) -> None:
    """A kernel may begin so that it treats copies among the units of another one alike."""
    known = r.variables[key]
    inputs = (known.shape[-2] or 0) if known.trainable and known.shape is not None and len(known.shape) > 1 else 0
    fitting = [first for first in r.values.copies if inputs and inputs % len(first) == 0]
    value = _value(r, key) if fitting else None
    found = alike(value, (), (), fitting) if value is not None else None
    if found is not None and found.taken:
        known.alike = replace(known.alike or found, taken=found.taken)
        r.values.equal.add(key)


def _may_be_equal(value: Any) -> bool:
    """Cheaply: most kernels begin at random, and differ in the first elements."""
    flat = value.reshape(-1)
    return value.ndim >= 2 and value.size > 1 and bool(flat[0] == flat[1] or (value.shape[-2] > 1 and flat[0] == flat[value.shape[-1]]))


def fingerprint_now(r: Recorder, key: int) -> int | None:
    """Of what a variable has now; None where nobody can tell."""
    value = _value(r, key) if key in r.values.variables else None
    return None if value is None else fingerprint(value)


def look_back(r: Recorder) -> None:
    """What the values have become, but for those that only a session has."""
    with guarded(r), unseen(r):
        for key in r.values.prints.keys() - r.values.in_sessions:
            became(r, key, _value(r, key))


def became(r: Recorder, key: int, value: Any) -> None:
    """`value` is what the variable has at last; None: it is gone."""
    known = r.variables[key]
    known.changed = None if value is None else fingerprint(value) != r.values.prints[key]
    if value is not None and key in r.values.equal:
        known.alike_at_end = _alike_again(r, value, _sizes(r.variables[other] for other in r.values.equal), known)
