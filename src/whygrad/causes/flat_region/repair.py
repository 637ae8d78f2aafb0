"""A clipping passes the gradient straight through, a relu gets a slope below zero or leaves the last layer, a softmax over one class is a sigmoid."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.activations import activations, is_last
from whygrad.repairs.edits import replaced, without_keyword
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, name_of
from whygrad.repairs.offering import Source
from whygrad.repairs.rounding import written
from whygrad.repairs.standing_in import stand_in

FORMS = ("straight-through-clip", "leaky-relu")
CROSS_ENTROPIES = ("categorical_crossentropy", "sparse_categorical_crossentropy")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if not isinstance(node, ast.Call):
        return None
    if "second derivative" in diagnosis.message:
        return _bent(file, node)
    found = stand_in(file, node)
    if found is not None and found.slug in FORMS:
        rewrite = written(file, node, found)
        return None if rewrite is None else rewrite.fix()
    return _without_relu(file, node) or _one_class(file, node)


def _bent(file: SourceFile, node: ast.Call) -> Fix | None:
    """A relu becomes a softplus, which is nearly the same and bends."""
    title = "an activation that bends: `softplus` in the place of `relu`"
    chosen = next(activations(node, "relu"), None)
    if chosen is not None:
        return Fix(title, edits=(replaced(file, chosen.value, '"softplus"'),))
    function = node.func
    if called(file, node) != "tensorflow.nn.relu" or not isinstance(function, ast.Attribute):
        return None
    return Fix(title, edits=(replaced(file, function, f"{file.code(function.value)}.softplus"),))


def _without_relu(file: SourceFile, node: ast.Call) -> Fix | None:
    """`Dense(1, activation="relu")` -> `Dense(1)` on the last layer, elsewhere `activation="leaky_relu"`."""
    chosen = next(activations(node, "relu"), None)
    if chosen is None:
        return None
    if is_last(file, node):
        return Fix('leave the last layer linear, without `activation="relu"`', edits=(without_keyword(file, chosen),))
    tf = name_of(file, "tensorflow")
    leaky = f"{tf}.nn.leaky_relu" if tf else '"leaky_relu"'  # a name that tf_keras does not know
    return Fix(f"a slope below zero as well: `activation={leaky}`", edits=(replaced(file, chosen.value, leaky),))


def _one_class(file: SourceFile, node: ast.Call) -> Fix | None:
    """`Dense(1, activation="softmax")` -> `"sigmoid"`, and the loss of `compile` that goes with it."""
    units = next((n for n in ast.walk(node) if isinstance(n, ast.Call) and any(activations(n, "softmax"))), node)
    first = next((a for a in (*units.args, *(k.value for k in units.keywords if k.arg == "units"))), None)
    chosen = next(activations(units, "softmax"), None)
    if chosen is None or not isinstance(first, ast.Constant) or first.value != 1:
        return None
    return Fix("one unit is a sigmoid, with binary cross-entropy", edits=(replaced(file, chosen.value, '"sigmoid"'), *_binary(file)))


def _binary(file: SourceFile) -> Iterator[Edit]:
    """The losses by name of every `compile(...)` that expect several classes."""
    for node in file.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile":
            for k in node.keywords:
                if k.arg == "loss" and isinstance(k.value, ast.Constant) and k.value.value in CROSS_ENTROPIES:
                    yield replaced(file, k.value, '"binary_crossentropy"')
