"""Keras 3, tf_keras and compat.v1: optimizers, `compile`, `trainable = False`, attributes of layers (seen on Keras 2.15 to 3.15)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tensorflow.python.module import module

from whygrad.record.hooks import closed, keras_outputs, keras_steps, unheard
from whygrad.record.hooks.disguise import disguise
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.hooks.values import key_of
from whygrad.record.hooks.variables import setattr_hook
from whygrad.record.recorder import Recorder
from whygrad.record.threads import NOT_YET

Applied = Callable[[int, int], None]


def optimizer(patches: Patches, cls: Any, names: tuple[str, ...], applied: Applied) -> None:
    """Wrap the methods of an optimizer class that receive gradients."""
    for name in names:
        if name in vars(cls):
            patches.wrap(cls, name, lambda original: _apply(patches.recorder, original, applied))


def _apply(r: Recorder, original: Any, applied: Applied) -> Any:
    method = original if original.__name__ != "apply" else unheard.update(r, original)

    def apply(self: Any, *args: Any, **kwargs: Any) -> Any:
        if r.thread.applying:
            return method(self, *args, **kwargs)
        first = args[0] if args else next(iter(kwargs.values()), ())
        counted = first if isinstance(first, (list, tuple)) else None
        r.thread.applying += 1
        r.state_changed()
        try:
            result = method(self, *args, **kwargs)
        except BaseException as error:
            with guarded(r):
                _note(r, counted, f"{type(error).__name__}: {error}"[:400], sys._getframe(1), _kinds(first, self))
                if r.active:
                    r.refused(error)
            raise
        finally:
            r.thread.applying -= 1
            r.state_changed()
        with guarded(r):
            pairs, missing = _note(r, counted, "", sys._getframe(1), _kinds(first, self))
            applied(pairs, missing)
        return result

    return apply


def _kinds(given: Any, optimizer: Any) -> str:
    return f"{type(given).__name__}|{type(optimizer).__name__}"


def _note(r: Recorder, counted: Any, error: str, frame: Any, kinds: str) -> tuple[int, int]:
    gradients = [p[0] if isinstance(p, (list, tuple)) and len(p) == 2 else p for p in counted] if counted is not None else []
    missing = sum(g is None for g in gradients)
    pairs = len(gradients) if counted is not None else -1
    if r.active:
        r.event("applied", key=pairs, other=missing, text=f"{kinds}|{error}", site=r.site(frame))
    return pairs, missing


def model_compile(patches: Patches, cls: Any, loss_position: int) -> None:
    keras_steps.watch_compiles(patches)
    patches.wrap(cls, "compile", lambda original: _compile(patches.recorder, original, loss_position))
    if "_validate_target_and_loss" in vars(cls):
        patches.wrap(cls, "_validate_target_and_loss", lambda original: _compared(patches.recorder, original, 0))
    elif "compute_loss" in vars(cls):
        patches.wrap(cls, "compute_loss", lambda original: _compared(patches.recorder, original, 1))


def _compared(r: Recorder, original: Any, position: int) -> Any:
    """Notice that a compiled loss is asked for without targets: `fit(x)` in the place of `fit(x, y)`."""

    def compared(self: Any, *args: Any, **kwargs: Any) -> Any:
        if r.active and getattr(self, "loss", None) is not None and kwargs.get("y", args[position] if len(args) > position else None) is None:
            with guarded(r):
                r.event("compiled", text="no labels", site=r.site(sys._getframe(1)))
        return original(self, *args, **kwargs)

    return compared


def _compile(r: Recorder, original: Any, position: int) -> Any:
    def compile_(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not r.thread.own:
            with guarded(r):
                keras_steps.built_anew(r, self)
                keras_steps.held_back(r, self)
        if r.active:
            with guarded(r):
                loss = kwargs.get("loss", args[position] if len(args) > position else None)
                r.event("compiled", text="no loss" if loss is None else "loss", site=r.site(sys._getframe(1)))
                for name, weights in keras_outputs.without_loss(self, loss):
                    r.event("unjudged", text="\n".join((name, *map(str, weights))), site=r.site(sys._getframe(1)))
        return original(self, *args, **kwargs)

    return compile_


def layer_setattr(patches: Patches, cls: Any, tracks_raw: bool) -> None:
    """Watch attributes of layers: a variable replaced by a tensor, `trainable = False`, and in Keras 3 raw tf.Variables that it does not track."""
    r = patches.recorder
    if "__setattr__" in vars(cls):
        patches.wrap(cls, "__setattr__", lambda original: _layer_setattr(r, setattr_hook(r, original), original, tracks_raw))


def _layer_setattr(r: Recorder, noticing: Any, original: Any, tracks_raw: bool) -> Any:
    def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807
        frozen = name == "trainable" and not getattr(self, "_trainable", True)
        noticing(self, name, value)
        if name == "trainable" and not r.thread.own:
            with guarded(r):
                r.freezing.freed.pop(self, None)
                if frozen and value is True:
                    r.freezing.freed[self] = r.site(sys._getframe(1))
        if name == "trainable" and not r.thread.own and r.freezing.built:
            with guarded(r):
                if frozen and value is True:
                    keras_steps.released(r, self, r.site(sys._getframe(1)))
                elif value is False:
                    keras_steps.frozen_again(r, self)
        if not r.active:
            return
        with guarded(r):
            if name in ("name", "_name") and isinstance(value, str):  # as good as its constructor, whose signature Keras reads
                r.layer_sites[value] = r.site(sys._getframe(1))
            if name == "trainable" and value is False:
                r.event("frozen", text=str(getattr(self, "name", "")), site=r.site(sys._getframe(1)))
            for variable in () if tracks_raw else _raw_variables(value):
                inner = "" if variable is value else f".{variable.name.split(':')[0]}"
                label = f"{getattr(self, 'name', type(self).__name__)}.{name}{inner}"
                r.event("untracked", key=key_of(variable), text=label, site=r.site(sys._getframe(1)))

    return __setattr__


def keras_variable(patches: Patches, cls: Any) -> None:
    """Keras 3 builds a model inside `fit` without values and fills its variables later: remember the line that really made each."""
    r = patches.recorder
    sites: dict[int, int] = {}
    patches.wrap(cls, "__init__", lambda original: _made(r, original, sites))
    patches.wrap(cls, "_deferred_initialize", lambda original: _filled(r, original, sites))


def _made(r: Recorder, original: Any, sites: dict[int, int]) -> Any:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        if r.active:
            with guarded(r):
                sites[id(self)] = r.site(sys._getframe(1))
        original(self, *args, **kwargs)

    return __init__


def _filled(r: Recorder, original: Any, sites: dict[int, int]) -> Any:
    def _deferred_initialize(self: Any) -> None:
        r.thread.filling = sites.get(id(self))
        try:
            original(self)
        finally:
            r.thread.filling = None

    return _deferred_initialize


def layer_call(patches: Patches, cls: Any) -> None:
    """Know which layer is being called, for the names on a path."""
    patches.wrap(cls, "__call__", lambda original: _layer_call(patches.recorder, original))


def _layer_call(r: Recorder, original: Any) -> Any:
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        if not r.active:
            return original(self, *args, **kwargs)
        before = r.thread.layer
        name = str(getattr(self, "name", "") or type(self).__name__)
        known = r.layer_ids.get(name)
        if known is None:
            known = r.layer_ids[name] = len(r.layers)
            r.layers.append(name)
        thread = r.thread
        thread.layer = known
        thread.below.append(None)
        thread.inside.append(NOT_YET if closed.is_closed(self) else None)
        try:
            return barrier(self, args, kwargs)
        finally:
            thread.below.pop()
            thread.inside.pop()
            thread.layer = before

    barrier = _barrier(r, original)
    return __call__


def _barrier(r: Recorder, original: Any) -> Any:
    """The frame by which the recorder knows that everything below it was looked at before."""

    def __call__(layer: Any, args: Any, kwargs: Any) -> Any:  # noqa: N807
        return original(layer, *args, **kwargs)

    disguised = disguise(__call__, original)
    r.is_barrier(disguised.__code__)
    return disguised


def _raw_variables(value: Any) -> list[Any]:
    """Trainable tf.Variables that Keras 3 does not find in this attribute: the value itself, those in a container, those of a `tf.Module`."""
    if isinstance(value, module.Module):
        return list(value.trainable_variables)
    values = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else (value,)
    return [v for v in values if _is_raw_variable(v) and v.trainable]


def _is_raw_variable(value: Any) -> bool:
    return hasattr(type(value), "assign") and hasattr(type(value), "handle") and type(value).__module__.startswith("tensorflow.")
