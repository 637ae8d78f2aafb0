"""A sigmoid in hidden layers, whose slope is 0.25 at most, becomes a `tanh`; where a setting chooses among activations, another one is chosen."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.activations import hidden_layers
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, dotted
from whygrad.repairs.offering import Source

SIGMOIDS = frozenset(("tensorflow.sigmoid", "tensorflow.nn.sigmoid", "keras.ops.sigmoid", "keras.activations.sigmoid"))
STEEPER = ("selu", "gelu", "swish", "silu", "elu", "relu", "leaky_relu", "tanh")  # what a table of activations may offer, best first


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    """None where no sigmoid is on the way, or the only one is the last step, which gives probabilities."""
    file = source.main
    on_the_way = [s.location for s in diagnosis.path if s.op == "Sigmoid"]
    if not on_the_way:
        return None
    written = [n for n in map(file.expression, on_the_way) if isinstance(n, ast.Call)]
    edits = _called(file, written) or _in_layers(file)
    if edits:
        return Fix("an activation with a larger slope in the hidden layers: `tanh` in the place of `sigmoid`", edits=edits)
    return _setting(file)


def _called(file: SourceFile, steps: list[ast.Call]) -> tuple[Edit, ...]:
    """`tf.sigmoid(h @ w)` in a loop, or more than once on the way: the last of several may give a probability."""
    calls = [n for n in steps if called(file, n) in SIGMOIDS and isinstance(n.func, ast.Attribute)]
    places = list(dict.fromkeys(calls))
    looped = [n for n in places if any(isinstance(a, (ast.For, ast.While)) for a in file.around(n))]
    chosen = [n for n in places if n in looped or n is not places[-1]]
    edits: list[Edit] = []
    for n in chosen:
        door = n.func.value if isinstance(n.func, ast.Attribute) else n
        edits.append(replaced(file, n.func, f"{file.code(door)}.tanh"))
    return tuple(edits)


def _in_layers(file: SourceFile) -> tuple[Edit, ...]:
    """`activation="sigmoid"` and `activation=tf.nn.sigmoid` of layers that others follow."""
    found = hidden_layers(file, "sigmoid")
    named = [
        (v, '"tanh"' if isinstance(v, ast.Constant) else f"{file.code(v.value)}.tanh") for v in found if isinstance(v, (ast.Constant, ast.Attribute))
    ]
    return tuple(replaced(file, value, text) for value, text in named)


def _setting(file: SourceFile) -> Fix | None:
    """`hidden = "sigmoid"` where `{"sigmoid": tf.nn.sigmoid, "selu": tf.nn.selu}[hidden]` offers others."""
    tables = [n for n in file.nodes if isinstance(n, ast.Dict) and any(v is not None and dotted(file, v) in SIGMOIDS for v in n.values)]
    if len(tables) != 1:
        return None
    offered = {
        k.value: dotted(file, v).rpartition(".")[2] for k, v in zip(tables[0].keys, tables[0].values, strict=True) if isinstance(k, ast.Constant)
    }
    now = next((key for key, function in offered.items() if function == "sigmoid"), None)
    better = next((key for name in STEEPER for key, function in offered.items() if function == name), None)
    texts = [n for n in file.nodes if isinstance(n, ast.Constant) and now is not None and n.value == now and file.parent(n) is not tables[0]]
    if not isinstance(now, str) or not isinstance(better, str) or len(texts) != 1:
        return None
    return Fix(f'choose an activation with a larger slope: `"{better}"`', edits=(replaced(file, texts[0], f'"{better}"'),))
