"""The words of the example calls: `f(3, 4)` is a float tensor, `i(5, 2)` two indices below 5 ...
Float tensors are leaves: watched, and moved a little.

    f   floats, generic      p   floats in (0.2, 0.9)     g   floats in (1.2, 2.8)     v   these floats
    c   complex
    i   indices              n   integers as data         b   bools                    q   floats without ties, in no order
    sp  sparse               rt  ragged                   spd symmetric positive       tri lower triangular
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import tensorflow as tf


class Values:
    """Makes the arguments of one call. The same seed gives the same values; `moved` replaces leaves by their number.

    `dtype` of the floats: "float32" or "float64". `at_zero`: all generic floats are 0.
    """

    def __init__(self, seed: int, dtype: str = "float32", moved: dict[int, Any] | None = None, *, at_zero: bool = False) -> None:
        self.dtype = np.dtype(dtype)
        self.seed = seed
        self.moved = moved or {}
        self.at_zero = at_zero
        self.leaves: list[Any] = []
        self.owners: list[str] = []
        self.kinds: dict[str, str] = {}
        self.argument = ""
        self.tape: Any = None

    def evaluate(self, argument: str, text: str) -> Any:
        """The value of one argument; its leaves are remembered as this argument's."""
        self.argument = argument
        self._rng = np.random.default_rng([self.seed, zlib.crc32(argument.encode())])
        words = {name: getattr(self, name) for name in WORDS}
        return eval(text, {"tf": tf, "np": np, "keras": tf.keras, **words})  # the texts are those of tools/catalogue/examples

    def _leaf(self, value: Any) -> Any:
        number = len(self.leaves)
        tensor = tf.constant(self.moved.get(number, value))
        if self.tape is not None:
            self.tape.watch(tensor)
        self.leaves.append(tensor)
        self.owners.append(self.argument)
        self._kind("complex" if tensor.dtype.is_complex else "float")
        return tensor

    def _kind(self, kind: str) -> None:
        self.kinds.setdefault(self.argument, kind)

    def f(self, *shape: int) -> Any:
        drawn = self._rng.normal(size=shape)
        drawn = drawn + 0.15 * np.sign(drawn)  # away from 0, where many functions have a kink
        return self._leaf(np.asarray(drawn * (not self.at_zero), self.dtype))

    def p(self, *shape: int) -> Any:
        return self._leaf(np.asarray(self._rng.uniform(0.2, 0.9, size=shape), self.dtype))

    def g(self, *shape: int) -> Any:
        return self._leaf(np.asarray(self._rng.uniform(1.2, 2.8, size=shape), self.dtype))

    def q(self, *shape: int) -> Any:
        order = self._rng.permutation(int(np.prod(shape))) * 0.7 - 1.3
        return self._leaf(np.asarray(order.reshape(shape), self.dtype))

    def c(self, *shape: int) -> Any:
        wide = np.complex128 if self.dtype == np.float64 else np.complex64
        drawn = self._rng.normal(size=shape) + 1j * self._rng.normal(size=shape)
        return self._leaf(np.asarray(drawn * (not self.at_zero), wide))

    def v(self, value: Any) -> Any:
        """Floats as they are written."""
        return self._leaf(np.asarray(value, self.dtype))

    def spd(self, *shape: int) -> Any:
        root = self.f(*shape)
        return tf.matmul(root, root, transpose_b=True) + tf.eye(shape[-1], dtype=root.dtype)

    def tri(self, *shape: int) -> Any:
        root = self.f(*shape)
        return tf.linalg.band_part(root, -1, 0) + 3 * tf.eye(shape[-1], dtype=root.dtype)

    def i(self, below: int, *shape: int) -> Any:
        self._kind("integer")
        return tf.constant(self._rng.integers(0, below, size=shape), tf.int32)

    def n(self, *shape: int, dtype: Any = tf.int32) -> Any:
        self._kind("integer")
        return tf.constant(self._rng.integers(0, 7, size=shape), dtype)

    def b(self, *shape: int) -> Any:
        self._kind("bool")
        return tf.constant(self._rng.integers(0, 2, size=shape).astype(bool))

    def s(self, *texts: Any) -> Any:
        self._kind("string")
        return tf.constant(list(texts) if len(texts) != 1 else texts[0])

    def lit(self, value: Any, dtype: str) -> Any:
        """Integers or bools as they are written."""
        self._kind("bool" if dtype == "tf.bool" else "integer")
        return tf.constant(value, dtype.removeprefix("tf."))

    def sp(self, rows: int = 3, columns: int = 4) -> Any:
        cells = [[row, (row * 2 + step) % columns] for row in range(rows) for step in (0, 1)]
        cells.sort()
        return tf.SparseTensor(cells, self.f(len(cells)), [rows, columns])

    def sps(self, rows: int = 3, columns: int = 4, *, below: int = 4) -> Any:
        """A sparse tensor of integers."""
        self._kind("integer")
        cells = sorted([row, (row * 2 + step) % columns] for row in range(rows) for step in (0, 1))
        return tf.SparseTensor(cells, tf.constant(self._rng.integers(0, below, size=len(cells)), tf.int64), [rows, columns])

    def rt(self, *tail: int) -> Any:
        return tf.RaggedTensor.from_row_lengths(self.f(6, *tail), [3, 1, 2])


WORDS = ("f", "p", "g", "q", "c", "spd", "tri", "i", "n", "b", "s", "sp", "sps", "rt", "lit", "v")
