"""`mask * -np.inf`, `x * tf.where(ok, 1.0, -np.inf)`: zero times infinity is NaN, and so is what comes back through such a product."""

from __future__ import annotations

import math

from whygrad import syntax as ast
from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Node, Site, behind
from whygrad.lint.flow.values import NONE, Object, Plain, Tensor, Value
from whygrad.lint.flow.walk import Arguments, Walk
from whygrad.lint.flow.ways import Ways

MASKS = ("sequence_mask", "band_part", "one_hot", "zeros_like", "zeros")  # they give zeros, and other numbers beside them
ONES = ("ones", "ones_like")
INFINITY = ("inf", "Inf", "infty", "PINF")
MOST_HALF = 65504  # the largest number of float16
FAR = 4  # operations between a mask and the product: `1.0 - tf.cast(ok, tf.float32)`


def note_filled(walk: Walk, value: Value | None, site: Site, made: Node) -> None:
    """`tf.constant(-np.inf)`, `tf.fill(shape, -np.inf)`."""
    if _kind(walk, value, site):
        walk.infinite[made] = True


def note_where(walk: Walk, args: Arguments, site: Site, made: Node) -> None:
    """Infinite in some places only."""
    if any(_kind(walk, args.get(name, i), site) is not None for i, name in ((1, "x"), (2, "y"))):
        walk.infinite[made] = False


def note_product(walk: Walk, args: Arguments, site: Site, made: Node) -> None:
    left, right = args.get("x", 0), args.get("y", 1)
    for factor, other in ((left, right), (right, left)):
        everywhere = _kind(walk, factor, site)
        if everywhere is None or not isinstance(other, Tensor) or other.form not in ("tensor", "variable"):
            continue
        if other.node.label.rpartition(".")[2] in ONES:
            walk.infinite[made] = everywhere
        else:
            walk.products.append((made, other.node, everywhere))
            if isinstance(factor, Plain) and not math.isinf(factor.value):
                walk.beyond_half.add(made)


def _kind(walk: Walk, value: Value | None, site: Site) -> bool | None:
    """Everywhere infinite, in some places, or None: not that is known."""
    if isinstance(value, Plain) and _is_beyond_half(walk, value, site):
        return True
    if isinstance(value, Plain):
        infinite = isinstance(value.value, float) and math.isinf(value.value)
        return True if infinite and any(_is_literal(walk, n, site) for n in _operands(site.node)) else None
    return walk.infinite.get(value.node) if isinstance(value, Tensor) else None


def _is_beyond_half(walk: Walk, value: Plain, site: Site) -> bool:
    """`-1e9` in the `call` of a layer that computes in float16, where nothing says float32."""
    number = value.value
    large = isinstance(number, (int, float)) and not isinstance(number, bool) and MOST_HALF < abs(number) < math.inf
    within = site.frame.function.rpartition(".")[2] == "call"
    return large and walk.half and within and "float32" not in (ast.unparse(site.frame.node) if site.frame.node is not None else "")


def policy(walk: Walk, args: Arguments, site: Site) -> Value:
    """`keras.mixed_precision.set_global_policy("mixed_float16")`."""
    given = args.get("policy", 0) or args.get("dtype_policy", 0)
    made = given.data.get("args") if isinstance(given, Object) else None
    name = made.get("name", 0) if isinstance(made, Arguments) else given
    if isinstance(name, Plain):
        walk.half = name.value in ("mixed_float16", "float16")
    return NONE


def _operands(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    return [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else []


def _is_literal(walk: Walk, node: ast.expr, site: Site) -> bool:
    """Is it written as infinity: here, or under a name of this function or module? What is handed in may be asked about before it is used."""
    while isinstance(node, ast.UnaryOp):
        node = node.operand
    if not isinstance(node, ast.Name):
        return _is_literal_value(node)
    tree = walk.trees.get(site.path)
    own = [*ast.walk(site.frame.node)] if site.frame.node is not None else []
    given = [*own, *(tree.body if tree is not None else ())]
    return any(isinstance(a, ast.Assign) and _binds(a, node.id) and _is_literal_value(a.value) for a in given)


def _binds(statement: ast.Assign, name: str) -> bool:
    return any(isinstance(t, ast.Name) and t.id == name for t in statement.targets)


def _is_literal_value(node: ast.expr) -> bool:
    while isinstance(node, ast.UnaryOp):
        node = node.operand
    called = node.func if isinstance(node, ast.Call) else None
    return (isinstance(node, ast.Attribute) and node.attr in INFINITY) or (isinstance(called, ast.Name) and called.id == "float")


def classify(walk: Walk, ways: Ways) -> Finding | None:
    """The first such product that the gradients of this question go through."""
    for made, other, everywhere in walk.products:
        if made not in ways.reached or made.site is None:
            continue
        trained = any(n.kind == "variable" and n.trainable for n in behind([other], lambda node, edge: edge.cut is None))
        if trained or (everywhere and _is_mask(other)):
            how = "beyond float16" if made in walk.beyond_half else "infinite factor"
            return Finding("non-finite", made.site, {"how": how}, [], [], False, "warning", "non-finite")
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


HANDLERS = dict.fromkeys(
    (
        "keras.mixed_precision.set_global_policy",
        "keras.mixed_precision.set_dtype_policy",
        "keras.mixed_precision.experimental.set_policy",
        "keras.config.set_dtype_policy",
    ),
    policy,
)
