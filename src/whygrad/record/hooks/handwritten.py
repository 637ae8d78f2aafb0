"""Gradients that are functions of the program: where they are written. None is ever called by us: it may print, or count (seen on 2.15 to 2.21)."""

from __future__ import annotations

import inspect
from types import CodeType
from typing import Any

from tensorflow.python.framework import ops as tf_ops

from whygrad.record import sites


def definition_of(backward: Any) -> Any:
    """Where the user's own gradient function is written: TensorFlow closes over it as `grad_fn`."""
    try:
        grad_fn = inspect.getclosurevars(backward).nonlocals.get("grad_fn")
        code: CodeType | None = getattr(inspect.unwrap(grad_fn), "__code__", None) if grad_fn is not None else None
    except (TypeError, ValueError):
        return None
    return sites.definition(code) if code is not None and sites.is_user_code(code) else None


def registered(op: Any) -> tuple[str, Any] | None:
    """What `gradient_override_map` chose for an operation, if that is a function of the program: its name there, and where it is written."""
    name, function = _chosen(op)
    code: CodeType | None = getattr(function, "__code__", None)
    return (name, sites.definition(code)) if code is not None and sites.is_user_code(code) else None


def is_handwritten(op: Any) -> bool:
    """Whether TensorFlow differentiates this operation of a graph by a function of the program."""
    if "_gradient_op_type" not in op.node_def.attr:
        return False
    _, function = _chosen(op)
    by_tape = None if function is None else inspect.getclosurevars(function).nonlocals.get("tape_grad_fn")  # so `tf.custom_gradient` registers it
    return definition_of(by_tape) is not None if by_tape is not None else registered(op) is not None


def _chosen(op: Any) -> tuple[str, Any]:
    """The name that the operation has for its gradient, and the function that is registered under it; None where there is none."""
    name = op.get_attr("_gradient_op_type").decode()
    try:
        return name, tf_ops.gradient_registry.lookup(name)
    except LookupError:
        return name, None
