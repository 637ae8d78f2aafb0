"""Dotted names: other doors to the same thing are one name, and what kind of thing a class of a library makes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

_DOORS = (
    ("tensorflow.compat.v2.", "tensorflow."),
    ("tensorflow.compat.v1.", "tensorflow."),
    ("tensorflow.python.keras.", "keras."),
    ("tensorflow.contrib.", "tensorflow."),
    ("tensorflow.keras.", "keras."),
    ("tf_keras.api.", "keras."),
    ("tf_keras.", "keras."),
    ("keras.api._v2.keras.", "keras."),
    ("keras.api.", "keras."),
    ("tensorflow.python.framework.ops.", "tensorflow."),
    ("tensorflow.python.ops.math_ops.", "tensorflow.math."),
    ("tensorflow.python.ops.array_ops.", "tensorflow."),
    ("tensorflow.python.ops.nn_ops.", "tensorflow.nn."),
    ("tensorflow.python.ops.nn.", "tensorflow.nn."),
)
_WHOLE = {
    "tf_keras": "keras",
    "tensorflow.keras": "keras",
    "tensorflow.compat.v1": "tensorflow",
    "tensorflow.compat.v2": "tensorflow",
    "tensorflow.python.keras": "keras",
}
TENSORFLOW = ("tensorflow", "keras")
ARRAYS = ("numpy", "scipy", "pandas", "sklearn", "cv2", "PIL", "matplotlib", "skimage", "math", "cmath", "statistics", "imageio", "seaborn", "numba")
PLAIN = (  # what comes from here holds no variable of TensorFlow's
    *("os", "sys", "time", "random", "json", "re", "argparse", "pathlib", "logging", "datetime", "csv", "glob", "pickle", "string", "shutil"),
    *("hashlib", "warnings", "tempfile", "gzip", "zipfile", "urllib", "uuid", "itertools", "operator", "collections", "tqdm", "h5py", "gc", "io"),
)


@cache
def canonical(name: str) -> str:
    """`tensorflow.compat.v1.math.round` -> `tensorflow.math.round`; `tf_keras.Model` -> `keras.Model`."""
    if name in _WHOLE:
        return _WHOLE[name]
    if name.startswith("keras.src."):
        return _public(name)
    for old, new in _DOORS:
        if name.startswith(old):
            return canonical(new + name[len(old) :])
    return name


PUBLIC = ("layers", "losses", "metrics", "optimizers", "models", "ops", "backend", "initializers", "regularizers")


def _public(name: str) -> str:
    """`keras.src.layers.core.dense.Dense` -> `keras.layers.Dense`."""
    parts = name.split(".")
    kept = [part for part in parts[2:3] if part in PUBLIC]
    return ".".join(["keras", *kept, parts[-1]])


@cache
def kind_of(name: str) -> str:
    """What an instance of the class `name` is: layer, model, optimizer, loss, metric, module, or empty."""
    name = canonical(name)
    last = name.rpartition(".")[2]
    if name in ("tensorflow.Module", "sonnet.Module"):
        return "module"
    if last in ("Model", "Sequential", "Functional") and name.startswith("keras"):
        return "model"
    if last.endswith("Optimizer") and name.startswith(("tensorflow.", "keras.")):
        return "optimizer"
    if not last[:1].isupper() or last in SHORT:
        return ""
    for part, kind in _KINDS:
        if f".{part}." in name and name.startswith("keras"):
            return kind
    return ""


SHORT = frozenset({"MSE", "MAE", "MAPE", "MSLE", "KLD"})  # functions, in spite of their names
_KINDS = (
    ("layers", "layer"),
    ("applications", "model"),
    ("models", "model"),
    ("optimizers", "optimizer"),
    ("losses", "loss"),
    ("metrics", "metric"),
    ("initializers", "initializer"),
    ("regularizers", "regularizer"),
)


def base_of(bases: Iterable[str]) -> str:
    """The base class that says what an instance is: the first with a kind, else the first."""
    known = [canonical(b) for b in bases]
    return next((b for b in known if kind_of(b)), known[0] if known else "builtins.object")


def is_below(name: str, roots: Iterable[str]) -> bool:
    root = name.partition(".")[0]
    return root in roots
