"""`GradientHealth`: a callback for `fit` of Keras 3 and of tf_keras; it hooks the optimizer for as long as the training lasts."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from whygrad.health.history import History
from whygrad.health.settings import Settings
from whygrad.model import Diagnosis

if TYPE_CHECKING:
    from whygrad.health.live import LiveTable
    from whygrad.health.monitor import Monitor
    from whygrad.health.optimizers import Hook

FETCH = 32  # batches between two looks at the ring
FETCH_TO_STOP = 8  # the same where the training is to be stopped
MARGIN = 16  # rows that the training may overwrite during a look from beside it


class GradientHealth:
    """Norm, largest value, zeros, NaN and change of the weights, for each variable and step, computed inside the graph of `fit`.

    For the options see Settings; a wrong one raises ValueError. After the training: `history`, `diagnoses`, `summary()`; nothing stays
    behind on the model or the optimizer. `stopped_by`: the diagnosis that ended the training, where `stop_on` asked for it.
    """

    _supports_tf_logs = True  # tf_keras: we do not look at the logs, so they need not be fetched for us

    def __init__(
        self,
        every: int = 1,
        log_dir: str | Path | None = None,
        jsonl: str | Path | None = None,
        live: bool | Literal["auto"] = "auto",
        stop_on: Literal["non-finite", "dead"] | None = None,
        histograms: bool = False,
        ratio_every: int = 10,
    ) -> None:
        self.settings = Settings(every, ratio_every, log_dir, jsonl, live, stop_on, histograms)
        self.params: dict[str, Any] = {}
        self.model: Any = None
        self._monitor: Monitor | None = None
        self._live: LiveTable | None = None
        self._undo: Callable[[], object] = lambda: None
        self._epoch = self._batch = self._fetched = 0
        self._looking = threading.Lock()
        self.stopped_by: Diagnosis | None = None

    @property
    def history(self) -> History:
        """The figures of this training, or of the last one."""
        return self._monitor.history if self._monitor is not None else History()

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """What is wrong so far, most important first."""
        return self._monitor.diagnoses if self._monitor is not None else ()

    def summary(self, width: int = 80) -> str:
        """A table, one line for each variable, and the diagnoses."""
        return self._monitor.summary(width) if self._monitor is not None else "no training was seen yet\n"

    @property
    def async_safe(self) -> bool:
        """Keras 3 asks: may the ends of batches be told from a thread, so that the training need not wait for each loss to be there?"""
        from whygrad.health.live import is_terminal

        live = is_terminal() if self.settings.live == "auto" else self.settings.live
        return not live and self.settings.stop_on is None

    def set_params(self, params: dict[str, Any] | None) -> None:
        self.params = params or {}

    def set_model(self, model: Any) -> None:
        self.model = model

    def on_train_begin(self, logs: Any = None) -> None:
        """Hook the optimizers and have the train function made anew, so that the figures are part of it."""
        from whygrad.health.monitor import Monitor

        self._undo()
        self.stopped_by, self._epoch, self._batch, self._fetched = None, 0, 0, 0
        self._monitor = Monitor(None, self._own_settings())
        self._undo = _installed(self.model, self._monitor, sys._getframe(1).f_locals.get("self"))
        self._live = self._table()

    def _own_settings(self) -> Settings:
        """Of several workers the chief writes."""
        strategy = getattr(self.model, "distribute_strategy", None)
        if strategy is None or getattr(strategy.extended, "should_save_summary", True):
            return self.settings
        s = self.settings
        return Settings(s.every, s.ratio_every, None, None, False, s.stop_on, False)

    def _table(self) -> LiveTable | None:
        from whygrad.health.live import LiveTable, is_terminal

        wish = self.settings.live
        if not (is_terminal() if wish == "auto" else wish):
            return None
        return LiveTable(self.params.get("steps"), self.params.get("epochs") or 1, bar=not self.params.get("verbose"))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch, self._batch, self._fetched = epoch, 0, 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the ring now and then."""
        self._batch = batch + 1
        often = FETCH_TO_STOP if self.settings.stop_on else FETCH * self.settings.every
        due = self._batch - self._fetched >= often or (self._live is not None and self._live.due())
        if due and self._looking.acquire(blocking=False):
            try:
                self._fetched = self._batch
                self._look(MARGIN if self.async_safe else 0)
            finally:
                self._looking.release()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._look()
        if self._live is not None and self._monitor is not None:
            self._live.epoch(self._monitor.history)

    def _look(self, margin: int = 0) -> None:
        if self._monitor is None:
            return
        self._monitor.fetch(margin)
        if self._live is not None:
            self._live.show(self._monitor.history, self._epoch, self._batch)
        if self.settings.stop_on and self.stopped_by is None:
            self._perhaps_stop()

    def _perhaps_stop(self) -> None:
        cause = "flat-region" if self.settings.stop_on == "dead" else "non-finite"
        found = next((d for d in self.diagnoses if d.cause == cause and d.severity != "note"), None)
        if found is not None:
            self.stopped_by = found
            self.model.stop_training = True
            print(f"whygrad: training stopped: {found.message}", file=sys.stderr)

    def on_train_end(self, logs: Any = None) -> None:
        """Take everything off again, write the last figures, show the table where there is somebody to see it."""
        self._undo()
        self._undo = lambda: None
        if self._monitor is None:
            return
        self._monitor.close()
        if self._live is not None:
            screen = self._live.screen
            self._live.close(self._monitor.summary(screen.width, screen.color, screen.encoding))
            self._live = None

    def _nothing(self, *_: Any, **__: Any) -> None:
        """Keras calls these; there is nothing to do."""

    on_batch_begin = on_batch_end = on_train_batch_begin = _nothing
    on_test_begin = on_test_end = on_test_batch_begin = on_test_batch_end = _nothing
    on_predict_begin = on_predict_end = on_predict_batch_begin = on_predict_batch_end = _nothing

    def _implements_train_batch_hooks(self) -> bool:
        return True

    def _implements_test_batch_hooks(self) -> bool:
        return False

    _implements_predict_batch_hooks = _implements_test_batch_hooks


def _installed(model: Any, monitor: Monitor, owner: Any) -> Callable[[], object]:
    """Hook the model's optimizers; how to undo it comes back. It is also undone when the training fails.

    `owner`: what called us, Keras's list of callbacks. It lives as long as `fit`: when it goes, `fit` has ended, in whatever way.
    """
    from whygrad.health.optimizers import hook_optimizer, optimizers_of

    previous = model.train_function
    hooks = [hook_optimizer(o, monitor) for o in optimizers_of(model)]
    model.train_function = None
    made = model.make_train_function()
    undo = _Once(model, previous, hooks)
    undo.ours = model.train_function = _watched(made or model.train_function, undo)
    if owner is not None:
        weakref.finalize(owner, undo).atexit = False
    return undo


class _Once:
    """Puts back the optimizers' methods and the model's train function, the first time it is called."""

    def __init__(self, model: Any, previous: Any, hooks: list[Hook]) -> None:
        self._model, self._previous, self._hooks = weakref.ref(model), previous, hooks
        self.ours: Any = None

    def __call__(self) -> None:
        while self._hooks:
            self._hooks.pop().remove()
        model = self._model()
        if model is not None and self.ours is not None and model.train_function is self.ours:
            model.train_function = self._previous
        self.ours = self._previous = None


def _watched(train: Callable[[Any], Any], undo: _Once) -> Callable[[Any], Any]:
    """The train function; when it fails, everything comes off. The end of the data is no failure."""

    def train_function(iterator: Any) -> Any:
        try:
            return train(iterator)
        except BaseException as error:
            if not isinstance(error, StopIteration) and type(error).__name__ != "OutOfRangeError":
                undo()
            raise

    return train_function
