"""A clipping passes the gradient straight through, a relu gets a slope below zero or leaves the last layer, a softmax over one class is a sigmoid."""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import replaced, without_keyword
from whygrad.repairs.file import SourceFile, uses
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
    chosen = next(_activations(node, "relu"), None)
    if chosen is not None:
        return Fix(title, edits=(replaced(file, chosen.value, '"softplus"'),))
    function = node.func
    if called(file, node) != "tensorflow.nn.relu" or not isinstance(function, ast.Attribute):
        return None
    return Fix(title, edits=(replaced(file, function, f"{file.code(function.value)}.softplus"),))


def _without_relu(file: SourceFile, node: ast.Call) -> Fix | None:
    """`Dense(1, activation="relu")` -> `Dense(1)` on the last layer, elsewhere `activation="leaky_relu"`."""
    chosen = next(_activations(node, "relu"), None)
    if chosen is None:
        return None
    if _is_last(file, node):
        return Fix('leave the last layer linear, without `activation="relu"`', edits=(without_keyword(file, chosen),))
    tf = name_of(file, "tensorflow")
    leaky = f"{tf}.nn.leaky_relu" if tf else '"leaky_relu"'  # a name that tf_keras does not know
    return Fix(f"a slope below zero as well: `activation={leaky}`", edits=(replaced(file, chosen.value, leaky),))


def _one_class(file: SourceFile, node: ast.Call) -> Fix | None:
    """`Dense(1, activation="softmax")` -> `"sigmoid"`, and the loss of `compile` that goes with it."""
    units = next((n for n in ast.walk(node) if isinstance(n, ast.Call) and any(_activations(n, "softmax"))), node)
    first = next((a for a in (*units.args, *(k.value for k in units.keywords if k.arg == "units"))), None)
    chosen = next(_activations(units, "softmax"), None)
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


def _activations(node: ast.expr, name: str) -> Iterator[ast.keyword]:
    """`activation="relu"` and `activation=tf.nn.relu` of a layer, and of one that it wraps."""
    for n in ast.walk(node):
        for k in n.keywords if isinstance(n, ast.Call) else ():
            value = k.value
            written_out = value.attr if isinstance(value, ast.Attribute) else value.value if isinstance(value, ast.Constant) else ""
            if k.arg == "activation" and written_out == name:
                yield k


def _is_last(file: SourceFile, layer: ast.Call) -> bool:
    """Whether nothing comes after the layer: it ends a list, is added last, or what it gives is what is returned or what a model ends with."""
    parent = file.parent(layer)
    if isinstance(parent, (ast.List, ast.Tuple)):
        return parent.elts[-1] is layer
    if not isinstance(parent, ast.Call):
        return False
    if isinstance(parent.func, ast.Attribute) and parent.func.attr == "add" and layer in parent.args:
        return not any(
            n.lineno > parent.lineno and file.code(n.func) == file.code(parent.func) for n in ast.walk(file.home(layer)) if isinstance(n, ast.Call)
        )
    if parent.func is not layer:
        return False
    statement = file.parent(parent)
    return isinstance(statement, ast.Return) or (isinstance(statement, ast.Assign) and _ends_a_model(file, statement))


def _ends_a_model(file: SourceFile, statement: ast.Assign) -> bool:
    """Every use of the name is an argument of `Model(...)` or returned."""
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name):
        return False
    read = [n for n in uses(file.home(statement), target.id) if n.lineno > statement.lineno]
    return bool(read) and all(_is_handed_over(file, n) for n in read)


def _is_handed_over(file: SourceFile, name: ast.Name) -> bool:
    within = next((n for n in file.around(name) if isinstance(n, (ast.Call, ast.stmt))), None)
    return isinstance(within, ast.Return) or called(file, within).rpartition(".")[2] == "Model"
