"""A value in; whether it counts as true in Python, or None where only a run can know."""

from __future__ import annotations

from whygrad.lint.flow.values import Class, Either, Function, Library, Module, Object, Plain, Sequence, Tape, Tensor, Value


def truth(value: Value) -> bool | None:
    if isinstance(value, Plain):
        return bool(value.value)
    if isinstance(value, Sequence):
        return None if value.is_open else bool(value.items)
    if isinstance(value, (Function, Class, Library, Module, Tape)):
        return True
    if isinstance(value, Either):
        found = {truth(option) for option in value.options}
        return found.pop() if len(found) == 1 else None
    return None


def is_none(value: Value) -> bool | None:
    """Is it None, as in `x is None`?"""
    if isinstance(value, Plain):
        return value.value is None
    if isinstance(value, (Tensor, Sequence, Function, Class, Library, Module, Object, Tape)):
        return False
    if isinstance(value, Either):
        found = {is_none(option) for option in value.options}
        return found.pop() if len(found) == 1 else None
    return None


def without_none(value: Value) -> Value:
    """What is left of it where it is not None: `if x is not None`."""
    if not isinstance(value, Either):
        return value
    left = tuple(o for o in value.options if not (isinstance(o, Plain) and o.value is None))
    return left[0] if len(left) == 1 else Either(left)
