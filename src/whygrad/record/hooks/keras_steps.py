"""Keras 3: the train steps that it builds, and what they have to train (seen on Keras 3.10 to 3.15)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary, ref

from whygrad import recording as rec
from whygrad.record.freezing import Built, Held, Release
from whygrad.record.hooks.first_values import fingerprint_now
from whygrad.record.hooks.patching import Patches, guarded, unseen
from whygrad.record.hooks.values import key_of_variable
from whygrad.record.recorder import Recorder

Idle = WeakKeyDictionary[Any, rec.Event]  # models that were to be trained and had nothing to train


def train_step(patches: Patches, cls: Any) -> None:
    """Keras asks for no gradient where a model has no trainable weights: it warns, and goes through the epochs."""
    r = patches.recorder
    before = r.look_back

    def look_back() -> None:
        before()
        look_at_releases(r)

    r.look_back = look_back
    patches.wrap(cls, "train_step", lambda original: _train_step(patches.recorder, original, WeakKeyDictionary()))


def _train_step(r: Recorder, original: Any, known: Idle) -> Any:
    def train_step(self: Any, *args: Any, **kwargs: Any) -> Any:
        began = r.clock
        result = original(self, *args, **kwargs)  # which builds the model, if it is not yet
        if not r.thread.own:
            with guarded(r):
                site = r.site(sys._getframe(1))
                _built(r, self, site)
                if r.active:
                    _note(r, self, known, began, site)
        return result

    return train_step


def _built(r: Recorder, model: Any, site: int) -> None:
    """Without a graph the step is there for one batch only."""
    trained = frozenset(keys_of(model.trainable_weights))
    known = r.freezing.built.get(model)
    if known is None or known.trained != trained:
        built_anew(r, model)
        if trained and not model.run_eagerly:
            r.freezing.built[model] = Built(site, trained)


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


# -- layers that are released when the step is there already ---------------------------------------------------------------


def released(r: Recorder, layer: Any, site: int) -> None:
    """`trainable` becomes True: note the values as they are, to be compared with those at the end."""
    own = _prints(r, keys_of(getattr(layer, "_trainable_variables", ())))
    if not own:
        return
    for model, step in list(r.freezing.built.items()):
        if (id(layer), id(model)) not in r.freezing.releases and step.trained.isdisjoint(own) and any(o is layer for o in model._flatten_layers()):
            r.freezing.releases[id(layer), id(model)] = Release(site, r.clock, step, own, _prints(r, step.trained))


# -- layers that are released inside a model that stays frozen -------------------------------------------------------------


def watch_compiles(patches: Patches) -> None:
    """Keras 2: a frozen model hands out no trainable weights, whatever its layers say."""
    r = patches.recorder
    before = r.look_back

    def look_back() -> None:
        before()
        with guarded(r):
            for model, held in list(r.freezing.held.items()):
                if int(getattr(getattr(model, "optimizer", None), "iterations", 0)) > 0:
                    _note_held(r, set(keys_of(model.trainable_weights)), held)

    r.look_back = look_back


def _note_held(r: Recorder, trained: set[int], held: Iterable[Held]) -> None:
    for one in held:
        layer = one.layer()
        own = keys_of(layer.trainable_weights) if layer is not None and layer.trainable else []
        if own and trained.isdisjoint(own):  # in Keras 3 they are among those that are trained
            r.event("held", text="\n".join((one.around, *map(str, own))), site=one.site)


def held_back(r: Recorder, model: Any) -> None:
    """At `compile`: what was released inside a model that is frozen."""
    r.freezing.held.pop(model, None)
    if not r.freezing.freed:
        return
    layers = list(model._flatten_layers())
    frozen = [(one, list(one._flatten_layers())) for one in layers if one is not model and not one.trainable and hasattr(one, "layers")]
    found = []
    for layer in layers:
        site = r.freezing.freed.get(layer)
        around = next((one for one, inside in frozen if layer is not one and any(o is layer for o in inside)), None)
        if site is not None and around is not None:
            found.append(Held(site, ref(layer), str(around.name)))
    if found:
        r.freezing.held[model] = found


def frozen_again(r: Recorder, layer: Any) -> None:
    _forget(r, 0, layer)


def built_anew(r: Recorder, model: Any) -> None:
    """`compile`, or another step: it sees what is trainable by now."""
    r.freezing.built.pop(model, None)
    _forget(r, 1, model)


def _forget(r: Recorder, place: int, thing: Any) -> None:
    for key in [key for key in r.freezing.releases if key[place] == id(thing)]:
        del r.freezing.releases[key]


def look_at_releases(r: Recorder) -> None:
    """Training went on, and what was released has stayed as it was to the last bit."""
    with guarded(r):
        found, r.freezing.releases = list(r.freezing.releases.values()), {}
        for release in found:
            moved = {k for k, v in _prints(r, release.trained).items() if v != release.trained[k]}
            stayed = [k for k, v in _prints(r, release.own).items() if v == release.own[k]]
            others = (s.key for call in r.calls if call.clock >= release.clock for s in call.sources)  # another training of the same variables
            if moved and len(stayed) == len(release.own) and release.step.trained.isdisjoint(others):
                for key in stayed:
                    r.event("released", key=key, other=release.step.site, site=release.site)


def keys_of(variables: Iterable[Any]) -> list[int]:
    return [key_of_variable(v) for v in variables]


def _prints(r: Recorder, keys: Iterable[int]) -> dict[int, int]:
    with unseen(r):
        return {key: print_ for key in keys if (print_ := fingerprint_now(r, key)) is not None}
