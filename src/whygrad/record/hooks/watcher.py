"""When recording is on: from the first import of TensorFlow until every place that asks for gradients has been judged."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from whygrad import imports
from whygrad import recording as rec
from whygrad.errors import UnsupportedTensorFlow
from whygrad.record.hooks.patching import Patches
from whygrad.record.recorder import Recorder
from whygrad.samples import Sample, is_wrong

SUPPORTED = ((2, 15), (2, 22))
PATIENCE = 3  # gradient calls with the same None mask at one place before that place counts as judged
GRACE = 10.0  # seconds, or
ODD_STEPS = 8  # calls with zeros or NaN, and none without, after which enough has been seen
GRACE_STEPS = 20  # healthy calls that recording goes on: what breaks in the second epoch of a small program is still seen

_current: list[Watcher] = []


def installed() -> list[str]:
    """Names of the hooks that are on now; empty when nothing is watched."""
    return [name for watcher in _current for name in watcher.names()]


class Watcher:
    """Hooks in this process. `start()` now or when TensorFlow is imported, `stop()` takes everything off."""

    def __init__(self, recorder: Recorder, *, always: bool = False) -> None:
        self.recorder = recorder
        self.always = always
        self.patches = Patches(recorder)
        self.callback: Any = None
        self.notices: list[str] = []
        self.judged: dict[int, tuple[int, tuple[bool, ...] | None]] = {}
        self.healthy_since: float | None = None
        self.healthy_calls = 0
        self.odd_calls = 0  # with a gradient that is zero or not finite
        self.unsure: dict[int, int] = {}  # places whose last answers were odd, and how many, as long as one more may tell
        self.waits = 0  # how often that was waited for since
        recorder.tick = self._maybe_leave
        recorder.unwatched = self._came_back
        self.known_bad = False
        self.at_least = 0  # answers of gradient calls before recording may end
        self.answers = 0
        self.judged_all: Callable[[bool], None] = lambda wrong: None  # called when it ends: was anything wrong?
        self.stopped = False
        self.places: set[tuple[int, int] | None] = set()  # where tapes have been opened
        self.imports = imports.ImportWatch(recorder.failed)
        self.on_import: dict[str, Callable[[Any], None]] = {
            "tensorflow": self._tensorflow,
            "keras.src.optimizers.base_optimizer": lambda m: self._optimizer(m.BaseOptimizer),
            "keras.src.optimizers.loss_scale_optimizer": lambda m: self._optimizer(m.LossScaleOptimizer),
            "keras.src.layers.layer": lambda m: self._layer(m.Layer, tracks_raw=False),
            "keras.src.backend.tensorflow.core": lambda m: self._variable(m.Variable),
            "keras.src.trainers.trainer": lambda m: self._compile(m.Trainer),
            "keras.src.backend.tensorflow.trainer": lambda m: self._trainer(m.TensorFlowTrainer),
            "keras.src.optimizers.optimizer": lambda m: self._optimizer(m.Optimizer),
            "keras.src.engine.base_layer": lambda m: self._layer(m.Layer, tracks_raw=True),
            "keras.src.engine.training": lambda m: self._compile(m.Model),
            "tf_keras.src.optimizers.optimizer": lambda m: self._optimizer(m._BaseOptimizer, m.Optimizer),
            "tf_keras.src.optimizers.legacy.optimizer_v2": lambda m: self._optimizer(m.OptimizerV2),
            "tf_keras.src.engine.base_layer": lambda m: self._layer(m.Layer, tracks_raw=True),
            "tf_keras.src.engine.training": lambda m: self._compile(m.Model),
            "tensorflow.python.training.optimizer": lambda m: self._first_optimizer(m.Optimizer),
        }

    def start(self) -> None:
        _current.append(self)
        for name, callback in self.on_import.items():
            self.imports.when_imported(name, callback)

    def stop(self) -> None:
        """Take everything off. Safe to call twice."""
        self.stopped = True
        self.recorder.on = False
        if self.callback is not None:
            self.callback.detach()
        self.imports.forget_all()
        self.patches.restore()
        if self in _current:
            _current.remove(self)

    def names(self) -> list[str]:
        return self.patches.names() + (["op callback"] if self.recorder.on else [])

    def said(self) -> list[str]:
        """What the user must know about the watching itself."""
        missing = ", ".join(self.patches.skipped)
        return [*self.notices, *([f"this version has no {missing}: what they show was not recorded"] if missing else [])]

    # -- TensorFlow and Keras arrive --------------------------------------------------------------------------------

    def _tensorflow(self, tf: Any) -> None:
        version = tuple(int(part) for part in tf.__version__.split(".")[:2])
        if not SUPPORTED[0] <= version < (SUPPORTED[1][0] + 1, 0):
            self.notices.append(unsupported(tf.__version__))
            return
        from whygrad.record.hooks import boundary, functions, gradients, session_samples, tapes, variables
        from whygrad.record.hooks.ops import Callback

        self.callback = Callback(self.recorder)
        tapes.install(self.patches, self._attach)
        gradients.install(self.patches, self.judge)
        functions.install(self.patches, self.sampled)
        variables.install(self.patches)
        session_samples.install(self.patches, self.sampled)
        boundary.install(self.patches)
        self.recorder.on = True
        self.callback.attach()

    def _optimizer(self, *classes: Any) -> None:
        from whygrad.record.hooks import keras

        for cls in classes:
            keras.optimizer(self.patches, cls, ("apply_gradients", "apply"), self.applied)

    def _first_optimizer(self, cls: Any) -> None:
        from whygrad.record.hooks import gradients

        self._optimizer(cls)
        gradients.of_optimizer(self.patches, cls)

    def _layer(self, cls: Any, *, tracks_raw: bool) -> None:
        from whygrad.record.hooks import keras

        keras.layer_setattr(self.patches, cls, tracks_raw)
        keras.layer_call(self.patches, cls)

    def _variable(self, cls: Any) -> None:
        from whygrad.record.hooks import keras

        keras.keras_variable(self.patches, cls)

    def _compile(self, cls: Any) -> None:
        from whygrad.record.hooks import keras

        keras.model_compile(self.patches, cls, 1)

    def _trainer(self, cls: Any) -> None:
        from whygrad.record.hooks import keras_steps

        keras_steps.train_step(self.patches, cls)

    # -- on and off -----------------------------------------------------------------------------------------------

    def _attach(self) -> None:
        """A tape begins: its ops are wanted unless every place seen so far is judged."""
        r = self.recorder
        if r.failures or self.stopped:
            return
        place = r.place(sys._getframe(2))
        if not r.on:
            if place in self.places:
                return
            self._wake()
        self.places.add(place)
        self.callback.attach()

    def _wake(self) -> None:
        """Record again: what comes now has not been seen before. Ops that ran in between are missing."""
        self.recorder.gaps.append(self.recorder.clock)
        self.recorder.on = True
        self.healthy_calls, self.odd_calls, self.healthy_since = 0, 0, None
        self.callback.attach()

    def judge(self, call: rec.GradientCall, sample: Sample | None) -> None:
        """A gradient call has answered: is there anything left to learn at this place?"""
        missing = call.missing
        self.answers += 1
        odd = sample is not None and is_wrong(sample.gradients, {})
        count, before = self.judged.get(call.site, (0, None))
        again = missing == before
        self.judged[call.site] = (count + 1 if again else 1, missing)
        self.odd_calls += odd
        if sample is not None:
            self._learn(call.site, odd)
        if missing is not None and not any(missing) and not odd:  # zeros and NaN are not healthy either
            self.healthy_calls += 1
            self.healthy_since = self.healthy_since or time.monotonic()
        self._maybe_leave()

    def _learn(self, site: int, odd: bool) -> None:
        """A step may well be zero and the next one not: a slow machine must not end the watch between the two."""
        row = self.unsure.pop(site, 0) + 1
        if odd and row < PATIENCE:
            self.unsure[site], self.waits = row, 0

    def sampled(self, sample: Sample) -> None:
        """A gradient call inside a graph was looked at while the graph ran."""
        self.recorder.samples.append(sample)
        self.judge(self.recorder.calls[sample.call], sample)

    def _came_back(self, result: Any) -> None:
        """A gradient call answered while nothing was recorded. A None where all was well before: watch again from here on."""
        flat = result if isinstance(result, (list, tuple)) else [result]
        if not self.known_bad and any(g is None for g in flat):
            self.known_bad = True
            self._wake()

    def applied(self, pairs: int, missing: int) -> None:
        """An optimizer accepted gradients: a healthy step, if none was missing."""
        if pairs > 0 and not missing:
            self.healthy_since = self.healthy_since or time.monotonic()
            self._maybe_leave()

    def _maybe_leave(self) -> None:
        r = self.recorder
        if self.always or not r.active or self.answers < self.at_least:
            return
        settled = all(not any(mask or ()) or count >= PATIENCE for count, mask in self.judged.values())
        since = self.healthy_since
        self.waits += bool(self.unsure)
        sure = not self.unsure or self.waits > GRACE_STEPS
        waited = since is not None and time.monotonic() - since >= GRACE and self.healthy_calls >= 1 and sure
        missed = any(any(mask or ()) for _, mask in self.judged.values())
        hopeless = since is None and bool(self.judged) and (missed or self.odd_calls >= ODD_STEPS)
        if settled and (waited or hopeless or max(self.healthy_calls, self.odd_calls) >= GRACE_STEPS):
            r.on = False
            self.known_bad = self.known_bad or missed
            if self.callback is not None:
                self.callback.detach()
            self.judged_all(missed or self.odd_calls > 0)


def unsupported(version: str) -> str:
    low = ".".join(map(str, SUPPORTED[0]))
    return f"TensorFlow {version} is not supported (whygrad reads {low} and later 2.x): nothing was recorded; install a supported version"


def watch(recorder: Recorder, *, always: bool = False) -> Watcher:
    """Start watching. Raises UnsupportedTensorFlow when a TensorFlow outside the supported range is already loaded."""
    watcher = Watcher(recorder, always=always)
    watcher.start()
    if watcher.notices:
        watcher.stop()
        raise UnsupportedTensorFlow(watcher.notices[0])
    return watcher
