"""A process in; every optimizer in it feeds one monitor, whoever calls it: `fit`, a `tf.function`, an eager loop; updates by hand do, too.

For `whygrad run --health`.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Any

from whygrad.health.by_hand import ByHand
from whygrad.health.monitor import Monitor
from whygrad.health.optimizers import Hook, guarded, hook_class, listening
from whygrad.health.settings import Settings

SECONDS = 0.1  # between two looks at the rings
MARGIN = 8  # rows that the training may overwrite during a look
MODULES = (
    "keras.src.optimizers.base_optimizer",
    "keras.src.optimizers.loss_scale_optimizer",
    "tf_keras.src.optimizers.optimizer",
    "tf_keras.src.optimizers.legacy.optimizer_v2",
    "tf_keras.src.mixed_precision.loss_scale_optimizer",
    "tensorflow.python.training.optimizer",
)


class Everywhere:
    """Hooks on the tape, and on the optimizer classes that are imported now; `attach` again after further imports.

    A thread fetches the figures meanwhile.
    """

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self._hooks: list[Hook] = []
        self._hooked: set[type] = set()
        self._by_hand = ByHand(monitor, lambda: monitor in listening(), guarded)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._fetch, name="whygrad-health", daemon=True)
        self.attach()
        self._thread.start()

    def attach(self) -> None:
        """Hook what has been imported since the last call."""
        for name in MODULES:
            for cls in _optimizer_classes(sys.modules.get(name), name):
                if cls not in self._hooked:
                    self._hooked.add(cls)
                    hook = hook_class(cls, self.monitor)
                    self._hooks += [hook] if hook is not None else []

    def _fetch(self) -> None:
        while not self._over.wait(SECONDS):
            self.monitor.fetch(MARGIN)

    def close(self) -> None:
        """Take the hooks off and fetch the last figures. Safe to call twice."""
        self._over.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        while self._hooks:
            self._hooks.pop().remove()
        self._by_hand.close()
        self.monitor.close()


def everywhere(settings: Settings | None = None) -> Everywhere:
    """From here on every optimizer of this process feeds one monitor. What is imported later: see `attach`."""
    return Everywhere(Monitor(None, settings))


@contextlib.contextmanager
def watching(settings: Settings | None = None) -> Iterator[Monitor]:
    """The same for a block; the monitor can be asked afterwards."""
    running = everywhere(settings)
    try:
        yield running.monitor
    finally:
        running.close()


def _optimizer_classes(module: Any, name: str) -> list[type]:
    """Optimizer classes defined in a module, once it is fully imported."""
    if module is None or getattr(getattr(module, "__spec__", None), "_initializing", False):
        return []
    return [
        c
        for c in vars(module).values()
        if isinstance(c, type) and c.__module__ == name and "ptimizer" in c.__name__ and hasattr(c, "apply_gradients")
    ]
