"""A metric that is used as a loss comes in; the loss of the same name, or the mean of what the metric was given, goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.replacements import instead_of
from whygrad.model import Fix
from whygrad.repairs.edits import line_before, replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow

ARGUMENTS = ("name", "from_logits", "label_smoothing", "ignore_class", "axis")


def as_loss(file: SourceFile, node: ast.expr) -> Fix | None:
    """`m = keras.metrics.MeanSquaredError()`, and `m(y, p)` as the loss -> that of `keras.losses`. None where it is updated too."""
    if not isinstance(node, ast.Call) or len(node.args) != 2:
        return None
    made = _made(file, node.func)
    if made is None or not isinstance(made.func, ast.Attribute) or instead_of(called(file, made)) is None:
        return None
    door = made.func.value
    fits = all(k.arg in ARGUMENTS for k in made.keywords) and not made.args
    called_only = all(isinstance(p := file.parent(n), ast.Call) and p.func is n for n in _reads(file, file.code(node.func)))
    others = not called_only or _methods(file, file.code(node.func)) & {"update_state", "result", "reset_state", "reset_states"}
    if not fits or others or not isinstance(door, ast.Attribute):
        return None
    loss = f"{file.code(door.value)}.losses"
    return Fix(f"use the loss of the same name: `{loss}.{made.func.attr}`", edits=(replaced(file, door, loss),))


def beside_the_metric(file: SourceFile, node: ast.expr) -> Fix | None:
    """`metric.update_state(...)`, and `metric.result()` as the loss -> the loss from the same arguments, computed beside it."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "update_state" or node.keywords:
        return None
    made, statement, metric = _made(file, node.func.value), file.statement(node), file.code(node.func.value)
    results = [n for n in ast.walk(file.home(node)) if isinstance(n, ast.Call) and file.code(n) == f"{metric}.result()"]
    if made is None or not isinstance(statement, ast.Expr) or len(results) != 1 or "\n" in file.code(node):
        return None
    if called(file, made) == "keras.metrics.Mean" and len(node.args) == 1 and tensorflow(file):
        return _mean(file, node, statement, results[0])
    return _of_two(file, node, made, statement, results[0]) if len(node.args) == 2 else None


def _mean(file: SourceFile, node: ast.Call, statement: ast.stmt, result: ast.expr) -> Fix | None:
    loss = file.free("loss_value")
    line = line_before(file, statement, f"{loss} = {tensorflow(file)}.reduce_mean({file.code(node.args[0])})")
    title = "hand the tensor on, and give it to the metric besides"
    return None if line is None else Fix(title, edits=(line, replaced(file, node.args[0], loss), replaced(file, result, loss)))


def _of_two(file: SourceFile, node: ast.Call, made: ast.Call, statement: ast.stmt, result: ast.expr) -> Fix | None:
    """The prediction gets a name, so that it is computed once."""
    loss, (truth, prediction) = _loss_object(file, made), node.args
    if not loss or not isinstance(truth, (ast.Name, ast.Attribute)):
        return None
    name, edits = file.code(prediction), []
    if not isinstance(prediction, (ast.Name, ast.Attribute)):
        name = file.free("predicted")
        line = line_before(file, statement, f"{name} = {file.code(prediction)}")
        if line is None:
            return None
        edits = [line, replaced(file, prediction, name)]
    edits.append(replaced(file, result, f"{loss}({file.code(truth)}, {name})"))
    return Fix(f"compute the loss beside the metric: `{loss}`", edits=tuple(edits))


def _loss_object(file: SourceFile, made: ast.Call) -> str:
    """`keras.metrics.MeanSquaredError()` -> `keras.losses.MeanSquaredError()`; empty where there is no such loss."""
    function = made.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Attribute) or instead_of(called(file, made)) is None:
        return ""
    if made.args or any(k.arg not in ARGUMENTS for k in made.keywords):
        return ""
    rest = file.code(made)[len(file.code(function)) :]
    return f"{file.code(function.value.value)}.losses.{function.attr}{rest}"


def _made(file: SourceFile, name: ast.expr) -> ast.Call | None:
    """The call that makes what a name or attribute holds; None where it is bound more than once."""
    code = file.code(name)
    makers = [n for n in ast.walk(file.tree) if isinstance(n, ast.Assign) and code in [file.code(t) for t in n.targets]]
    value = makers[0].value if len(makers) == 1 else None
    return value if isinstance(value, ast.Call) else None


def _reads(file: SourceFile, code: str) -> list[ast.expr]:
    same = [n for n in ast.walk(file.tree) if isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Load)]
    return [n for n in same if file.code(n) == code]


def _methods(file: SourceFile, code: str) -> set[str]:
    return {n.attr for n in ast.walk(file.tree) if isinstance(n, ast.Attribute) and file.code(n.value) == code}
