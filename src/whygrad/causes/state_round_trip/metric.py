"""A metric that is used as a loss comes in; the loss of the same name, or the mean of what the metric was given, goes out."""

from __future__ import annotations

import ast

from whygrad.model import Edit, Fix
from whygrad.repairs.edits import line_before, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow

LOSSES = frozenset(
    (
        *("BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "KLDivergence", "Poisson"),
        *("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError"),
        *("Hinge", "SquaredHinge", "CategoricalHinge"),
    )
)
ARGUMENTS = ("name", "from_logits", "label_smoothing", "ignore_class", "axis")


def as_loss(file: SourceFile, node: ast.expr) -> Fix | None:
    """`m = keras.metrics.MeanSquaredError()`, and `m(y, p)` as the loss -> that of `keras.losses`. None where it is updated too."""
    if not isinstance(node, ast.Call) or len(node.args) != 2:
        return None
    made = _made(file, node.func)
    if made is None or not isinstance(made.func, ast.Attribute) or made.func.attr not in LOSSES:
        return None
    door = made.func.value
    fits = called(file, made) == f"keras.metrics.{made.func.attr}" and all(k.arg in ARGUMENTS for k in made.keywords) and not made.args
    others = _methods(file, file.code(node.func)) & {"update_state", "result", "reset_state", "reset_states"}
    if not fits or others or not isinstance(door, ast.Attribute):
        return None
    loss = f"{file.code(door.value)}.losses"
    return Fix(f"use the loss of the same name: `{loss}.{made.func.attr}`", edits=(replaced(file, door, loss),))


def beside_the_metric(file: SourceFile, node: ast.expr) -> Fix | None:
    """`mean.update_state(x)` and `return mean.result()` -> the mean of `x` under a name, given to the metric and returned."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in ("update_state", "__call__"):
        return None
    made, statement = _made(file, node.func.value), file.statement(node)
    averages = called(file, made) == "keras.metrics.Mean" and len(node.args) == 1 and not node.keywords
    if not averages or not isinstance(statement, ast.Expr) or not tensorflow(file):
        return None
    metric, given = file.code(node.func.value), file.code(node.args[0])
    results = [n for n in ast.walk(file.home(node)) if isinstance(n, ast.Call) and file.code(n) == f"{metric}.result()"]
    loss = file.free("loss_value")
    line = None if "\n" in given else line_before(file, statement, f"{loss} = {tensorflow(file)}.reduce_mean({given})")
    if line is None or len(results) != 1:
        return None
    edits: tuple[Edit, ...] = (line, replaced(file, node.args[0], loss), replaced(file, results[0], loss))
    return Fix(f"hand the tensor on, and give it to `{metric}` besides", edits=edits)


def _made(file: SourceFile, name: ast.expr) -> ast.Call | None:
    """The call that makes what a name or attribute holds; None where it is bound more than once."""
    code = file.code(name)
    makers = [n for n in ast.walk(file.tree) if isinstance(n, ast.Assign) and code in [file.code(t) for t in n.targets]]
    value = makers[0].value if len(makers) == 1 else None
    return value if isinstance(value, ast.Call) else None


def _methods(file: SourceFile, code: str) -> set[str]:
    return {n.attr for n in ast.walk(file.tree) if isinstance(n, ast.Attribute) and file.code(n.value) == code}
