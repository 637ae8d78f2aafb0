"""`tape.gradient(model(x), x)` of a model that ends in a softmax: the gradient of the sum of all probabilities, which is always 1."""

from __future__ import annotations

from whygrad.lint.flow.finding import Finding
from whygrad.lint.flow.graph import Node
from whygrad.lint.flow.outside.layers import OWNERS
from whygrad.lint.flow.places import beside
from whygrad.lint.flow.values import Object, Plain
from whygrad.lint.flow.walk import Arguments
from whygrad.lint.flow.ways import Ways

SUMMED = frozenset({"reduce_sum", "reduce_mean", "identity", "reshape", "squeeze", "expand_dims", "transpose", "cast"})  # each entry counts the same


def classify(ways: Ways) -> Finding | None:
    question, targets = ways.question, ways.targets
    if question.api != "gradient" or len(targets) != 1 or question.facts.get("weighted"):
        return None
    node = targets[0]
    for _ in range(20):
        if _is_softmax(node):
            place = beside(node, ways.tape.site) if ways.tape is not None else node.site
            return Finding("constant-loss", place, {"how": "probabilities"}, gradient="zero")
        summed = node.kind == "join" or node.label.rpartition(".")[2] in SUMMED
        if not summed or len(node.edges) != 1 or node.edges[0].cut is not None:
            return None
        node = node.edges[0].origin
    return None


def _is_softmax(node: Node) -> bool:
    if any(e.cut is not None for e in node.edges):
        return False  # over one class: another matter
    if node.label in ("tensorflow.nn.softmax", "keras.layers.Softmax"):
        return True
    layer = OWNERS.get(node)
    args = layer.data.get("args") if isinstance(layer, Object) and layer.cls is None and node.kind == "op" else None
    given = args.get("activation", 0 if node.label == "keras.layers.Activation" else None) if isinstance(args, Arguments) else None
    return node.label in ("keras.layers.Dense", "keras.layers.Activation") and isinstance(given, Plain) and given.value == "softmax"
