"""Putting the hooks on and taking them off: the only package that touches the inside of TensorFlow and Keras.

`watch(recorder)` gives a Watcher. It takes itself off the ops once training has been seen to be healthy (or hopeless in the same way
for a while), and comes back when a tape is opened at a place that it does not know.
"""

from __future__ import annotations

from whygrad.record.hooks.watcher import Watcher, installed, watch

__all__ = ["Watcher", "installed", "watch"]
