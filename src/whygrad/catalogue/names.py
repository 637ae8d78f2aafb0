"""A name as people write it -> the full names that it may mean, likeliest first: `np.round`, `K.argmax`, `tf.keras.losses.mse`, `top_k`."""

from __future__ import annotations

from collections.abc import Iterator

_MODULES = {  # how modules are imported -> where their functions are looked up, in this order
    "tf": ("tensorflow",),
    "K": ("keras.backend", "keras.ops"),
    "np": ("tensorflow", "tensorflow.math", "tensorflow.linalg", "keras.ops", "tensorflow.experimental.numpy"),
    "tnp": ("tensorflow.experimental.numpy",),
    "ops": ("keras.ops", "tensorflow.raw_ops"),
    "kops": ("keras.ops",),
    "raw_ops": ("tensorflow.raw_ops",),
    "gen_ops": ("tensorflow.raw_ops",),
    "math_ops": ("tensorflow.math", "tensorflow"),
    "array_ops": ("tensorflow",),
    "nn_ops": ("tensorflow.nn",),
}
for _same, _as in {"numpy": "np", "jnp": "np", "backend": "K", "KO": "kops", "knp": "ops"}.items():
    _MODULES[_same] = _MODULES[_as]
_NAMESPACES = ("math", "nn", "linalg", "image", "signal", "sparse", "random", "strings", "ragged", "quantization", "sets", "bitwise")
_ANYWHERE = (
    "tensorflow",
    *(f"tensorflow.{n}" for n in _NAMESPACES),
    "keras.ops",
    "keras.losses",
    "keras.activations",
    "keras.metrics",
    "keras.backend",
    "tensorflow.raw_ops",
    "tensorflow.experimental.numpy",
)
_SAME = (  # other doors to the same functions
    ("tensorflow.compat.v2.", "tensorflow."),
    ("tensorflow.keras.", "keras."),
    ("tensorflow.compat.v1.keras.", "keras."),
    ("keras.api.", "keras."),
    ("keras.src.", "keras."),
)
_NEARLY = (  # where nothing was measured apart: the function of the same name
    ("tensorflow.compat.v1.", "tensorflow."),
    ("tf_keras.", "keras."),
    ("keras.backend.", "keras.ops."),
)
NUMPY = frozenset({"np", "numpy"})


def candidates(written: str) -> Iterator[str]:
    """Full names to look up, in order. May repeat itself."""
    name = written.strip().removesuffix("()").removeprefix("@")
    for full in map(_through_one_door, _spelt_out(name)):
        yield full
        yield from (new + full.removeprefix(old) for old, new in _NEARLY if full.startswith(old))


def _spelt_out(name: str) -> Iterator[str]:
    head, dot, rest = name.partition(".")
    if not dot:
        yield from (f"{module}.{name}" for module in _ANYWHERE)
        return
    if head in _MODULES:
        yield from (f"{module}.{rest}" for module in _MODULES[head])
    yield name
    yield f"tensorflow.{name}"
    yield f"keras.{name}"


def _through_one_door(full: str) -> str:
    for old, new in _SAME:
        full = new + full.removeprefix(old) if full.startswith(old) else full
    return full


def is_numpy(written: str) -> bool:
    """The name of a function of NumPy itself, which no tape can follow."""
    return written.strip().partition(".")[0] in NUMPY


def written(full: str) -> str:
    """`tensorflow.math.round` as people write it: `tf.math.round`."""
    return f"tf.{full.removeprefix('tensorflow.')}" if full.startswith("tensorflow.") else full
