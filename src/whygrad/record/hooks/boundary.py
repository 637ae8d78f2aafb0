"""The way out of TensorFlow (`.numpy()`, `float()`, `np.asarray` of a variable ...) and back in (constants) (seen on 2.15 to 2.21)."""

from __future__ import annotations

import sys
from typing import Any

from tensorflow.python.framework import constant_op
from tensorflow.python.framework import ops as tf_ops

from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.recorder import Recorder


def install(patches: Patches) -> None:
    r = patches.recorder
    patches.wrap(tf_ops._EagerTensorBase, "_numpy", lambda original: _left(r, original))
    patches.wrap(constant_op, "convert_to_eager_tensor", lambda original: _came_back(r, original))


def _left(r: Recorder, original: Any) -> Any:
    def _numpy(self: Any) -> Any:
        if r.active:
            with guarded(r):
                r.event("exit", key=self._id, site=r.site(sys._getframe(1)))
        return original(self)

    return _numpy


def _came_back(r: Recorder, original: Any) -> Any:
    def convert_to_eager_tensor(value: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(value, *args, **kwargs)
        if r.active and result is not value:
            with guarded(r):
                kind = type(value)
                r.newest = max(r.newest, result._id)
                r.event("enter", key=result._id, text=f"{kind.__module__}.{kind.__qualname__}", site=r.site(sys._getframe(1)))
        return result

    return convert_to_eager_tensor
