"""tf.data: a dataset is what one of its elements is."""

from __future__ import annotations

from whygrad.lint.flow.graph import Cut, Site
from whygrad.lint.flow.values import Function, Object, Sequence, Table, Tensor, Value, nodes
from whygrad.lint.flow.walk import Arguments, Walk

MADE_BY = "tensorflow.data.Dataset"
SAME = (
    *(
        "batch",
        "shuffle",
        "repeat",
        "prefetch",
        "cache",
        "take",
        "skip",
        "unbatch",
        "padded_batch",
        "shard",
        "with_options",
        "apply",
        "filter",
        "rebatch",
    ),
    *(
        "as_numpy_iterator",
        "make_one_shot_iterator",
        "make_initializable_iterator",
        "snapshot",
        "concatenate",
        "interleave",
        "window",
        "ragged_batch",
    ),
)


def function(walk: Walk, name: str, args: Arguments, site: Site) -> Value:
    """`tf.data.Dataset.from_tensor_slices(...)` and the like. What went in comes out as a constant."""
    last = name.rpartition(".")[2]
    if last in ("from_tensor_slices", "from_tensors") and args.positional:
        return dataset(element(walk, args.positional[0], site), site)
    if last == "zip" and args.positional:
        inner = args.positional[0]
        parts = inner.items if isinstance(inner, Sequence) else tuple(args.positional)
        return dataset(Sequence.of([_element_of(walk, p, site) for p in parts]), site)
    if last in ("range", "random"):
        return dataset(walk.data(site, dtype="integer"), site)
    return dataset(walk.data(site), site)


def dataset(value: Value, site: Site) -> Object:
    return Object(MADE_BY, site, data={"element": value})


def element(walk: Walk, value: Value, site: Site) -> Value:
    """One element of what the data are, with the same structure."""
    if isinstance(value, Sequence) and value.kind == "tuple":
        return Sequence.of([element(walk, v, site) for v in value.items])
    if isinstance(value, Table):
        return Table({k: element(walk, v, site) for k, v in value.cells.items()})
    cut = Cut("state-round-trip", {"op": "dataset"}, site)
    dtype = value.node.dtype if isinstance(value, Tensor) else ""
    return walk.join(site, [value], "tensor", dtype, cut) if nodes(value) else walk.data(site, dtype=dtype)


def _element_of(walk: Walk, value: Value, site: Site) -> Value:
    if isinstance(value, Object) and "element" in value.data:
        found: Value = value.data["element"]
        return found
    return walk.data(site)


def method(walk: Walk, receiver: Object, name: str, args: Arguments, site: Site) -> Value:
    own: Value = receiver.data["element"]
    if name in SAME:
        return dataset(own, site)
    if name in ("map", "scan", "flat_map"):
        mapper = args.get("map_func", 0)
        tapes, walk.state.tapes = walk.state.tapes, []
        given = list(own.items) if isinstance(own, Sequence) and own.kind == "tuple" else [own]
        mapped = walk.call(mapper, Arguments(given), site) if isinstance(mapper, Function) else walk.data(site)
        walk.state.tapes = tapes
        return dataset(mapped, site)
    if name == "enumerate":
        return dataset(Sequence.of([walk.data(site, dtype="integer"), own]), site)
    if name in ("get_next", "__next__", "reduce"):
        return own
    return walk.data(site, form="number")
