"""Keras 3: the train steps that it builds, and what they have to train (seen on Keras 3.10 to 3.15)."""

from __future__ import annotations

import sys
from typing import Any
from weakref import WeakKeyDictionary

from whygrad import recording as rec
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.recorder import Recorder

Idle = WeakKeyDictionary[Any, rec.Event]  # models that were to be trained and had nothing to train


def train_step(patches: Patches, cls: Any) -> None:
    """Keras asks for no gradient where a model has no trainable weights: it warns, and goes through the epochs."""
    patches.wrap(cls, "train_step", lambda original: _train_step(patches.recorder, original, WeakKeyDictionary()))


def _train_step(r: Recorder, original: Any, known: Idle) -> Any:
    def train_step(self: Any, *args: Any, **kwargs: Any) -> Any:
        began = r.clock
        result = original(self, *args, **kwargs)  # which builds the model, if it is not yet
        if r.active:
            with guarded(r):
                _note(r, self, known, began, r.site(sys._getframe(1)))
        return result

    return train_step


def _note(r: Recorder, model: Any, known: Idle, began: int, site: int) -> None:
    """Once for each model. One that is trained later on was left as it is by intention before: to know how it begins."""
    if model.trainable_weights:
        idle = known.pop(model, None)
        if idle is not None:
            r.events.remove(idle)
    elif model not in known:
        names = [str(getattr(layer, "name", "")) for layer in (model, *model._flatten_layers())]
        r.event("idle", key=began, text="\n".join(names), site=site)
        known[model] = r.events[-1]
