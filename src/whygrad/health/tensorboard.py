"""Steps that a history keeps come in; event files for TensorBoard go out: scalars, histograms, and the diagnoses as text.

`tf.summary.scalar` and its like need TensorBoard to be installed; `tf.summary.write`, which is used here, does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import tensorflow as tf

from whygrad.health.history import Point, Thinner
from whygrad.model import Diagnosis

LIMIT = 500  # steps, then every second one, every fourth ...: event files cannot be thinned, but they grow ever more slowly
SCALARS = {"gradient_norm": "norm", "gradient_largest": "largest", "gradient_zeros": "zeros", "update_ratio": "ratio"}
BUCKETS = 30


class EventFiles:
    """Tags are `gradient_norm/<variable>` and so on, `gradient/<variable>` for histograms, `whygrad/diagnosis`."""

    def __init__(self, folder: str) -> None:
        self._writer = tf.summary.create_file_writer(folder)
        self._thinner = Thinner(LIMIT)
        self._told: set[str] = set()

    def add(self, step: int, points: Mapping[str, Point]) -> None:
        """The scalars of a step. What was not measured is left out, and a change of weights that were zero."""
        wanted = self._thinner.wants()
        self._thinner.full()
        if not wanted:
            return
        with self._writer.as_default(step=step):
            for name, point in points.items():
                for tag, column in SCALARS.items():
                    value = getattr(point, column)
                    if value is not None and (column != "ratio" or math.isfinite(value)):
                        _write(f"{tag}/{name}", tf.constant(value, tf.float32), "scalars")

    def histograms(self, step: int, samples: Mapping[str, Any]) -> None:
        """Elements of gradients: float32 arrays by name; elements that are not finite are left out."""
        with self._writer.as_default(step=step):
            for name, values in samples.items():
                finite = tf.boolean_mask(values, tf.math.is_finite(values))
                if finite.shape[0]:
                    _write(f"gradient/{name}", _buckets(finite), "histograms")

    def diagnoses(self, step: int, found: Iterable[Diagnosis]) -> None:
        """Each cause once, when it is first seen."""
        with self._writer.as_default(step=step):
            for diagnosis in found:
                if diagnosis.cause not in self._told:
                    self._told.add(diagnosis.cause)
                    text = f"**{diagnosis.cause}**: {diagnosis.message}\n\n{diagnosis.explanation}"
                    _write(f"whygrad/diagnosis/{diagnosis.cause}", tf.constant([text]), "text")

    def close(self) -> None:
        """Write out and close."""
        self._writer.close()


def _write(tag: str, tensor: Any, plugin: str) -> None:
    metadata = tf.compat.v1.SummaryMetadata(plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name=plugin))
    metadata.data_class = 1 if plugin == "scalars" else 2  # DATA_CLASS_SCALAR, DATA_CLASS_TENSOR
    tf.summary.write(tag, tensor, metadata=metadata)


def _buckets(values: Any) -> Any:
    """What TensorBoard draws a histogram from: float64 [buckets, (left edge, right edge, count)]."""
    low, high = float(tf.reduce_min(values)), float(tf.reduce_max(values))
    if low == high:
        return tf.constant([[low - 0.5, high + 0.5, float(values.shape[0])]], tf.float64)
    counts = tf.cast(tf.histogram_fixed_width(values, [low, high], BUCKETS), tf.float64)
    edges = tf.cast(tf.linspace(tf.constant(low, tf.float64), tf.constant(high, tf.float64), BUCKETS + 1), tf.float64)
    return tf.stack([edges[:-1], edges[1:], counts], axis=1)
