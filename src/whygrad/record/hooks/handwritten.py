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
    name = op.get_attr("_gradient_op_type").decode()
    try:
        code: CodeType | None = getattr(tf_ops.gradient_registry.lookup(name), "__code__", None)
    except LookupError:
        return None
    return (name, sites.definition(code)) if code is not None and sites.is_user_code(code) else None


def is_handwritten(op: Any) -> bool:
    """Whether TensorFlow differentiates this operation of a graph by a function of the program."""
    if "_gradient_op_type" not in op.node_def.attr:
        return False
    try:
        function = tf_ops.gradient_registry.lookup(op.get_attr("_gradient_op_type").decode())
    except LookupError:
        return False
    registered = inspect.getclosurevars(function).nonlocals.get("tape_grad_fn")  # by `tf.custom_gradient`; else by `tf.RegisterGradient`
    return definition_of(registered) is not None if registered is not None else sites.is_user_code(function.__code__)
