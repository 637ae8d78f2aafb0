"""The way out of TensorFlow (`.numpy()`, `float()`, `np.asarray` of a variable ...) and back in (constants) (seen on 2.15 to 2.21)."""

from __future__ import annotations

import os
import sys
from types import FrameType
from typing import Any

from tensorflow.python.eager import context
from tensorflow.python.framework import constant_op
from tensorflow.python.framework import ops as tf_ops
from tensorflow.python.ops import script_ops
from tensorflow.python.util import nest

from whygrad import recording as rec
from whygrad.record.hooks.ops import symbolic_meta
from whygrad.record.hooks.patching import Patches, guarded
from whygrad.record.hooks.values import key_of
from whygrad.record.recorder import USER, Recorder

GETTERS = frozenset({"get_weights", "get_value", "batch_get_value", "convert_to_numpy", "numpy", "__array__"})  # the doors of Keras to NumPy


def install(patches: Patches) -> None:
    r = patches.recorder
    patches.wrap(tf_ops._EagerTensorBase, "_numpy", lambda original: _left(r, original))
    patches.wrap(constant_op, "convert_to_eager_tensor", lambda original: _came_back(r, original))
    patches.wrap(script_ops, "py_func_common", lambda original: _python(r, original))


def by_the_user(r: Recorder, frame: FrameType | None) -> bool:
    """Did the user's own expression take the value out or ask Keras for it, and not a library for its own purposes?"""
    directly, called = True, ""
    while frame is not None:
        code = frame.f_code
        mine = r.user_code.get(id(code))
        if (mine if mine is not None else r.classify(code)) == USER:
            return directly or called in GETTERS
        path, called = code.co_filename, code.co_name
        directly = directly and (f"{os.sep}tensorflow{os.sep}" in path or f"{os.sep}numpy{os.sep}" in path)
        frame = frame.f_back
    return False


def _left(r: Recorder, original: Any) -> Any:
    def _numpy(self: Any) -> Any:
        if r.active:
            with guarded(r):
                frame = sys._getframe(1)
                if by_the_user(r, frame):
                    r.event("exit", key=self._id, site=r.site(frame), text=rec.TRUTH if frame.f_code.co_name in ("__bool__", "__nonzero__") else "")
        return original(self)

    return _numpy


def _came_back(r: Recorder, original: Any) -> Any:
    def convert_to_eager_tensor(value: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(value, *args, **kwargs)
        if r.on and result is not value and not (thread := r.threads.own).own:  # an optimizer comes here hundreds of times in a step
            with guarded(r):
                r.newest = max(r.newest, result._id)
                if not thread.quiet:
                    kind = type(value)
                    r.event("enter", key=result._id, text=f"{kind.__module__}.{kind.__qualname__}", site=r.site(sys._getframe(1)))
        return result

    return convert_to_eager_tensor


def _python(r: Recorder, original: Any) -> Any:
    """`tf.numpy_function`, called eagerly, runs the function at once and no op shows it: record the op that a graph would have."""

    def py_func_common(func: Any, inp: Any = None, *args: Any, **kwargs: Any) -> Any:
        result = original(func, inp, *args, **kwargs)
        if r.active and context.executing_eagerly():
            with guarded(r):
                outputs = [t for t in nest.flatten(result) if isinstance(getattr(t, "_id", None), int)]
                keys = [key for key in map(key_of, inp or ()) if key >= 0]
                signature = r.signature("PyFunc", (), tuple(map(symbolic_meta, outputs)))
                r.add_op(signature, r.site(sys._getframe(1)), rec.EAGER, keys, [t._id for t in outputs])
        return result

    return py_func_common
