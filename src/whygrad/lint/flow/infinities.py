"""`mask * -np.inf`, `x * tf.where(ok, 1.0, -np.inf)`: zero times infinity is NaN, and so is what comes back through such a product."""

from __future__ import annotations

import math

from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Node, behind
from whygrad.lint.flow.values import Plain, Tensor, Value
from whygrad.lint.flow.walk import Arguments, Walk
from whygrad.lint.flow.ways import Ways

MASKS = ("sequence_mask", "band_part", "one_hot", "zeros_like", "zeros")  # they give zeros, and other numbers beside them
ONES = ("ones", "ones_like")
FAR = 4  # operations between a mask and the product: `1.0 - tf.cast(ok, tf.float32)`


def is_infinite(value: Value | None) -> bool:
    return isinstance(value, Plain) and isinstance(value.value, float) and math.isinf(value.value)


def note_filled(walk: Walk, value: Value | None, made: Node) -> None:
    """`tf.constant(-np.inf)`, `tf.fill(shape, -np.inf)`."""
    if is_infinite(value):
        walk.infinite[made] = True


def note_where(walk: Walk, args: Arguments, made: Node) -> None:
    """Infinite in some places only."""
    if any(_kind(walk, args.get(name, i)) is not None for i, name in ((1, "x"), (2, "y"))):
        walk.infinite[made] = False


def note_product(walk: Walk, args: Arguments, made: Node) -> None:
    left, right = args.get("x", 0), args.get("y", 1)
    for factor, other in ((left, right), (right, left)):
        everywhere = _kind(walk, factor)
        if everywhere is None or not isinstance(other, Tensor) or other.form not in ("tensor", "variable"):
            continue
        if other.node.label.rpartition(".")[2] in ONES:
            walk.infinite[made] = everywhere
        else:
            walk.products.append((made, other.node, everywhere))


def _kind(walk: Walk, value: Value | None) -> bool | None:
    """Everywhere infinite, in some places, or None: not that is known."""
    if is_infinite(value):
        return True
    return walk.infinite.get(value.node) if isinstance(value, Tensor) else None


def classify(walk: Walk, ways: Ways) -> Finding | None:
    """The first such product that the gradients of this question go through."""
    for made, other, everywhere in walk.products:
        if made not in ways.reached or made.site is None:
            continue
        trained = any(n.kind == "variable" and n.trainable for n in behind([other], lambda node, edge: edge.cut is None))
        if trained or (everywhere and _is_mask(other)):
            return Finding("non-finite", made.site, {"how": "infinite factor"}, [], [], False, "warning", "non-finite")
    return None


def _is_mask(node: Node) -> bool:
    """Some of it are zeros: what was true or false, and what stands for a mask."""
    for _ in range(FAR):
        last = node.label.rpartition(".")[2]
        if last in MASKS or node.dtype == "bool":
            return True
        if last not in ("cast", "subtract", "expand_dims", "reshape", "strided_slice", "transpose", "identity") or len(node.edges) != 1:
            return False
        node = node.edges[0].origin
    return False
