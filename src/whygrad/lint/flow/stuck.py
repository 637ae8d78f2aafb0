"""Two factors that both start at zero: the gradient of each is multiplied by the other one, and neither ever moves."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.dataclass import dataclass, field
from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Edge, Node
from whygrad.lint.flow.sources import Source, listed
from whygrad.lint.flow.values import Library, Object, Plain, Tensor, Value
from whygrad.lint.flow.walk import Walk
from whygrad.lint.flow.ways import Ways

PRODUCTS = frozenset({"matmul", "multiply", "einsum", "tensordot", "dot", "matvec"})
KEEP_ZERO = frozenset(
    {"transpose", "reshape", "cast", "identity", "negative", "expand_dims", "squeeze", "relu", "tanh", "reduce_sum", "strided_slice", "gather"}
)
AT_ZERO = frozenset({"square", "l2_loss", "abs"})  # whose own slope is zero there
SUMS = frozenset({"add", "subtract", "bias_add"})
DEEP = 200
ZEROS = ("zeros", "zeros_like", "zeros_initializer", "Zeros")


def starts_at_zero(value: Value | None) -> bool:
    """An initializer, or an initial value: `"zeros"`, `keras.initializers.Zeros()`, `tf.zeros(shape)`, `0.0`."""
    if isinstance(value, Plain):
        return value.value == "zeros" or (isinstance(value.value, float) and value.value == 0.0)
    if isinstance(value, (Library, Object)):
        name = value.name if isinstance(value, Library) else value.made_by
        return name.rpartition(".")[2] in ZEROS
    if isinstance(value, Tensor) and value.node.label.rpartition(".")[2] in ZEROS:
        return True
    written = value.node.site.node if isinstance(value, Tensor) and value.node.site is not None else None
    return isinstance(written, ast.Call) and isinstance(written.func, ast.Attribute) and written.func.attr in ZEROS


def classify(walk: Walk, ways: Ways, sources: list[Source]) -> tuple[Finding, list[Source]] | None:
    """`sources`: those that a gradient comes back to. Which of them get a gradient of zero now and ever after."""
    trained = {s.value.node for s in sources if isinstance(s.value, Tensor) and s.value.form == "variable" and s.value.node.trainable}
    zeros = {n for n in walk.zeros if n in trained and not any(e.cut is not None and "order" in e.cut.facts for e in n.edges)}
    if not zeros or any(n.kind == "unknown" for n in ways.reached):
        return None
    search = _Search(ways, zeros)
    while True:
        alive = search.alive()
        still = {n for n in search.zeros if n not in alive}
        if len(still) == len(search.zeros):
            break
        search = _Search(ways, still)  # those that a gradient moves are zero no more
    if not search.zeros or _trained_elsewhere(walk, ways, search.zeros):
        return None
    held = [s for s in sources if isinstance(s.value, Tensor) and s.value.node in ways.reached and s.value.node not in alive]
    product = next((n for n in search.blocked if n.site is not None and n.label.rpartition(".")[2] in PRODUCTS), None)
    if product is None or not held:
        return None
    related = [(f"`{s.name}` starts at zero here", s.value.node.site) for s in held if isinstance(s.value, Tensor) and s.value.node in zeros]
    names = [s.name for s in held if isinstance(s.value, Tensor) and s.value.node in zeros]
    facts = {"how": "both start at zero", "partner": names[0], "zeros": "\n".join(names)}
    return Finding("zero-factor", product.site, facts, [*related], gradient="zero"), held


def _trained_elsewhere(walk: Walk, ways: Ways, zeros: set[Node]) -> bool:
    here = ways.question.site.node
    others = [q for q in walk.questions if q.site.node is not here]
    return any(isinstance(s.value, Tensor) and s.value.node in zeros for q in others for s in listed(q))


@dataclass(slots=True)
class _Search:
    """What a gradient that is not zero reaches, while the variables `zeros` are zero. `blocked`: the products that stopped it."""

    ways: Ways
    zeros: set[Node]
    known: dict[Node, bool] = field(default_factory=dict)
    blocked: list[Node] = field(default_factory=list)

    def alive(self) -> set[Node]:
        queue = list(self.ways.targets)
        found = set(queue)
        while queue:
            node = queue.pop()
            for i, edge in enumerate(node.edges if self.ways.records(node) else ()):
                if edge.cut is not None or edge.origin in found:
                    continue
                if self._is_blocked(node, i):
                    self.blocked.append(node)
                    continue
                found.add(edge.origin)
                queue.append(edge.origin)
        return found

    def _is_blocked(self, node: Node, index: int) -> bool:
        last = node.label.rpartition(".")[2]
        if node.kind == "op" and last in AT_ZERO:
            return self.is_zero(node.edges[index].origin)
        if node.kind != "op" or last not in PRODUCTS:
            return False
        return any(self.is_zero(e.origin) for i, e in enumerate(node.edges) if i != index)

    def is_zero(self, node: Node, depth: int = 0) -> bool:
        if node not in self.known:
            self.known[node] = depth < DEEP and self._is_zero(node, node.edges, depth + 1)
        return self.known[node]

    def _is_zero(self, node: Node, edges: tuple[Edge, ...], depth: int) -> bool:
        if node.kind == "variable":
            return node in self.zeros
        last = node.label.rpartition(".")[2]
        if node.kind == "join":
            return len(edges) == 1 and self.is_zero(edges[0].origin, depth)
        if last in PRODUCTS:
            return any(self.is_zero(e.origin, depth) for e in edges)
        if last in KEEP_ZERO:
            return bool(edges) and self.is_zero(edges[0].origin, depth)
        return last in SUMS and len(edges) == 2 and all(self.is_zero(e.origin, depth) for e in edges)
