"""What a name of an argument says about integers in it: an index (or a shape, an axis, a count), or data."""

from __future__ import annotations

INDEX_WORDS = (
    "ind", "axis", "axes", "shape", "size", "num", "depth", "begin", "end", "multiples", "padd", "perm", "segment", "length", "diag", "offset",
    "partitions", "splits", "rowid", "start", "limit", "delta", "stride", "block", "crop", "dim", "rank", "maxlen", "position", "corner",
    "nbins", "seed", "repeat", "count", "shift", "labels", "ids", "classes", "k", "n", "m", "diagonals", "arr", "values_i", "step", "pooling", "rate",
)  # fmt: skip
_WHOLE = frozenset({"k", "n", "m", "ids", "rate", "arr"})
_NOT = frozenset({"input", "inputs", "condition", "min", "name", "kernel"})


def kind_of(name: str) -> str:
    """index or data."""
    plain = name.strip("*@").lower()
    if plain in _NOT:
        return "data"
    return "index" if any(plain == w if w in _WHOLE else w in plain for w in INDEX_WORDS) else "data"
