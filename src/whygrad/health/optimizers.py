"""An optimizer, or a class of them, in; each of its updates is told to a monitor, before and after, until the hook comes off again.

Seen on Keras 3.15 (`apply`), tf_keras 2.21 and compat.v1 (`apply_gradients`), with their loss-scaling wrappers. Arguments, results and exceptions of
the optimizer stay as they are; what fails in our part is told once, and is loud under WHYGRAD_STRICT=1.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from whygrad.health.by_hand import forget
from whygrad.health.monitor import Monitor, is_measurable, value_now

_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Update:
    """One call of an optimizer. `scale`: the loss scale still in the gradients; `skips`: it leaves out a step whose gradients are not finite."""

    gradients: list[Any]
    variables: list[Any]
    scale: Any
    skips: bool
    summed: bool  # over the replicas already


class Hook:
    """A method that is replaced, and how to put it back. Several monitors may hook one optimizer, and leave in any order."""

    def __init__(self, owner: Any, name: str, monitor: Monitor) -> None:
        self._owner, self._name, self.monitor = owner, name, monitor
        original = getattr(owner, name)
        self._on = True
        bind = isinstance(owner, type)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            optimizer = args[0] if bind else owner
            if not self._on or monitor in listening():
                return original(*args, **kwargs)
            return _told(monitor, optimizer, name, args[bind:], kwargs, lambda a: original(*args[:bind], *a, **kwargs))

        wrapper.__wrapped__ = original  # type: ignore[attr-defined]
        wrapper.__name__, wrapper.__doc__ = name, getattr(original, "__doc__", None)
        wrapper.whygrad_hook = self  # type: ignore[attr-defined]
        self._wrapper, self._own = wrapper, vars(owner).get(name)
        self._put(wrapper)

    def remove(self) -> None:
        """Put the original back. Where somebody has wrapped the method since, ours stays inside theirs and does nothing."""
        self._on = False
        if vars(self._owner).get(self._name) is not self._wrapper:
            return
        if self._own is not None:
            self._put(self._own)
        elif isinstance(self._owner, type):
            delattr(self._owner, self._name)
        else:
            vars(self._owner).pop(self._name)
        while (inner := _hook_of(vars(self._owner).get(self._name))) is not None and not inner._on:
            inner.remove()

    def _put(self, value: Any) -> None:
        """Past the `__setattr__` of optimizers, which tracks what it is given."""
        if isinstance(self._owner, type):
            setattr(self._owner, self._name, value)
        else:
            vars(self._owner)[self._name] = value


def _hook_of(method: Any) -> Hook | None:
    return getattr(method, "whygrad_hook", None)


def hook_optimizer(optimizer: Any, monitor: Monitor) -> Hook:
    """Tell the monitor of each update of this optimizer."""
    return Hook(optimizer, _method(optimizer), monitor)


def hook_class(cls: type, monitor: Monitor) -> Hook | None:
    """Tell the monitor of each update of all optimizers of a class that defines the method itself."""
    name = _method(cls)
    return Hook(cls, name, monitor) if name in vars(cls) else None


def _method(optimizer: Any) -> str:
    return "apply" if hasattr(optimizer, "apply") and hasattr(optimizer, "stateless_apply") else "apply_gradients"


def optimizers_of(model: Any) -> list[Any]:
    """The optimizers of a model: the one it was compiled with, and those that its own `train_step` keeps in attributes."""
    found = [getattr(model, "optimizer", None), *vars(model).values()]
    return list({id(o): o for o in found if callable(getattr(o, "apply_gradients", None)) and hasattr(o, "iterations")}.values())


def listening() -> set[Monitor]:
    """The monitors that are listening to an update in this thread: loss scaling calls the optimizer inside."""
    if not hasattr(_thread, "monitors"):
        _thread.monitors = set()
    return _thread.monitors  # type: ignore[no-any-return]


def _told(monitor: Monitor, optimizer: Any, name: str, args: Sequence[Any], kwargs: dict[str, Any], call: Callable[[Sequence[Any]], Any]) -> Any:
    """Call the original between the two halves of a measurement."""
    args = [list(args[0]), *args[1:]] if args and isinstance(args[0], Iterator) else list(args)  # a zip can be read only once
    update = None
    with guarded():
        update = _update(optimizer, name, args, kwargs) if is_measurable() else None
        if update is not None:
            forget(update.variables)
            monitor.prepare(update.variables)
    listening().add(monitor)
    try:
        result = call(args)
    finally:
        listening().discard(monitor)
    if update is not None:
        with guarded():
            monitor.note(update.gradients, update.variables, scale=update.scale, skips=update.skips, summed=update.summed)
    return result


def _update(optimizer: Any, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Update | None:
    """What is going to be applied; None where that cannot be seen."""
    if name == "apply_gradients":
        pairs = list(args[0] if args else kwargs.get("grads_and_vars", ()))
        summed = bool(kwargs.get("skip_gradients_aggregation")) or not kwargs.get("experimental_aggregate_gradients", True)
        return _checked([g for g, _ in pairs], [v for _, v in pairs], None, bool(getattr(optimizer, "dynamic", False)), summed)
    gradients = list(args[0] if args else kwargs.get("grads", ()))
    named = args[1] if len(args) > 1 else kwargs.get("trainable_variables")
    variables = list(named if named is not None else getattr(optimizer, "_trainable_variables", ()))
    scale, skips = _loss_scale(optimizer, variables)
    return _checked(gradients, variables, scale, skips, False)


def _checked(gradients: list[Any], variables: list[Any], scale: Any, skips: bool, summed: bool) -> Update | None:
    """An update that the optimizer will refuse is not looked at."""
    if not variables or len(gradients) != len(variables) or all(g is None for g in gradients):
        return None
    return Update(gradients, variables, scale, skips, summed)


def _loss_scale(optimizer: Any, variables: list[Any]) -> tuple[Any, bool]:
    """The scale as it is before the update, which may change it; and whether steps are skipped."""
    if not hasattr(optimizer, "inner_optimizer"):
        return getattr(optimizer, "loss_scale_factor", None), False
    if not optimizer.built:  # as its `apply` would do first
        optimizer.build(variables)
        optimizer.built = True
    return value_now(optimizer.dynamic_scale), True


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if os.environ.get("WHYGRAD_STRICT") == "1":
            raise
        if not getattr(_thread, "complained", False):
            _thread.complained = True
            print(f"whygrad: the health of this update was not measured: {type(error).__name__}: {error}", file=sys.stderr)
