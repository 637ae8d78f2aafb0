"""TensorFlow and Keras as installed -> Targets: every public function, loss, metric and raw op once, with all its names."""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.python.util import tf_export

# Namespaces of `tf` whose functions take tensors. What is left out: tf.data, io, distribute, config, autograph, estimator, feature_column, lite,
# lookup, mlir, profiler, saved_model, summary, sysconfig, test, tpu, train, types, version, xla and the like hold objects or take no tensors.
NAMESPACES = (
    "audio", "bitwise", "debugging", "dtypes", "experimental.numpy", "image", "linalg", "math", "nest", "nn",
    "quantization", "ragged", "random", "sets", "signal", "sparse", "strings",
)  # fmt: skip
KERAS = ("ops", "losses", "metrics", "activations", "backend")
# Functions of these namespaces that take no tensors, or only functions and settings: not part of the count.
WITHOUT_TENSORS = frozenset((Path(__file__).parent / "without_tensors.txt").read_text("utf-8").split())


@dataclass(frozen=True)
class Target:
    """One public function. `kind`: function, loss, metric (classes, called as objects) or op (raw)."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    function: Callable[..., Any]


def targets() -> list[Target]:
    """All of them, by name."""
    names: dict[int, list[str]] = {}
    objects: dict[int, Any] = {}
    for name, value in [*_tensorflow(), *_keras("keras"), *_keras("tf_keras"), *_raw_ops()]:
        names.setdefault(id(value), []).append(name)
        objects[id(value)] = value
    found = [_target(objects[key], sorted(set(all_names))) for key, all_names in names.items()]
    return sorted(found, key=lambda t: t.name)


def _target(value: Any, names: list[str]) -> Target:
    canonical = _canonical(value, names)
    kind = "op" if canonical.startswith("tensorflow.raw_ops.") else "function"
    if inspect.isclass(value):
        kind = "metric" if ".metrics." in canonical else "loss"
    return Target(canonical, tuple(n for n in names if n != canonical), kind, value)


def _canonical(value: Any, names: list[str]) -> str:
    """The name that TensorFlow itself prefers; else the shortest of the current ones."""
    _, plain = tf.__internal__.decorator.unwrap(value) if hasattr(tf.__internal__, "decorator") else (None, value)
    for candidate in (value, plain):
        preferred = f"tensorflow.{tf_export.get_canonical_name_for_symbol(candidate)}"
        if preferred in names:
            return preferred
    return min(names, key=lambda n: ("compat.v1" in n, ".backend." in n, "experimental" in n, n.startswith("tf_keras"), n.count("."), len(n), n))


def _tensorflow() -> Iterator[tuple[str, Any]]:
    current = set()
    for namespace in ("", *NAMESPACES):
        module = _module(tf, namespace)
        if module is not None:
            for name, value in _functions(module, f"tensorflow.{namespace}".rstrip("."), deep=bool(namespace)):
                current.add(name)
                yield name, value
    for namespace in ("", *NAMESPACES[:4], *NAMESPACES[5:]):
        module = _module(tf.compat.v1, namespace)
        for name, value in _functions(module, f"tensorflow.{namespace}".rstrip("."), deep=bool(namespace)) if module else ():
            if name in current:
                yield name.replace("tensorflow.", "tensorflow.compat.v1.", 1), value


def _module(root: Any, path: str) -> Any:
    for part in filter(None, path.split(".")):
        root = getattr(root, part, None)
    return root


def _functions(module: Any, prefix: str, *, deep: bool) -> Iterator[tuple[str, Any]]:
    for name in sorted(dir(module)):
        value = None if name.startswith("_") else getattr(module, name, None)
        if isinstance(value, types.ModuleType):
            if deep and "_api" in getattr(value, "__name__", ""):
                yield from _functions(value, f"{prefix}.{name}", deep=deep)
        elif callable(value) and not inspect.isclass(value) and name not in WITHOUT_TENSORS and not isinstance(value, tf.DType):
            yield f"{prefix}.{name}", value


def _keras(package: str) -> Iterator[tuple[str, Any]]:
    try:
        root = tf.keras if package == "keras" else importlib.import_module(package)
    except ImportError:
        return
    for namespace in KERAS:
        module = getattr(root, namespace, None)
        for name in sorted(dir(module)) if module is not None else ():
            value = None if name.startswith("_") else getattr(module, name)
            if name not in WITHOUT_TENSORS and _is_keras_function(value, namespace):
                yield f"{package}.{namespace}.{name}", value
            elif isinstance(value, types.ModuleType) and namespace == "ops":
                yield from _functions(value, f"{package}.{namespace}.{name}", deep=False)


def _is_keras_function(value: Any, namespace: str) -> bool:
    if inspect.isclass(value):
        return namespace in ("losses", "metrics") and value.__name__ not in ("Loss", "Metric")
    return callable(value) and not isinstance(value, tf.DType)


def _raw_ops() -> Iterator[tuple[str, Any]]:
    for name in sorted(dir(tf.raw_ops)):
        value = getattr(tf.raw_ops, name)
        if not name.startswith("_") and callable(value):
            yield f"tensorflow.raw_ops.{name}", value
