"""`compile` gets the loss that the program already speaks of: that of the metric of a regression, or its own loss function that nobody uses."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import inserted, replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile, uses
from whygrad.repairs.offering import Source

# Metrics of a regression, as `compile` is given their names: about the task, not about gradients.
REGRESSION = {"mae": "mae", "mse": "mse", "mean_absolute_error": "mae", "mean_squared_error": "mse", "msle": "msle"}
LABELS = ("y", "labels", "targets", "target", "y_true", "label")


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    if isinstance(node, ast.Attribute) and node.attr == "losses":
        return _of_compile(file, node)
    compiles = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile"
    if not isinstance(node, ast.Call) or not compiles or any(k.arg in ("loss", None) for k in node.keywords) or len(node.args) > 1:
        return None
    loss = _written(file) or _of_metrics(file, node)
    first = next((k for k in node.keywords if k.arg in ("metrics", "loss_weights")), None)
    if not loss or first is None:
        return None
    return Fix(f"pass the loss: `loss={loss}`", edits=(inserted(file, file.offset(first.lineno, first.col_offset), f"loss={loss}, "),))


def _of_compile(file: SourceFile, node: ast.Attribute) -> Fix | None:
    """`model.losses`, which is empty -> `model.compute_loss(...)`, for a compiled model that is called before, and known labels."""
    model, function = file.code(node.value), file.function(node)
    block = next((n for n in file.around(node) if isinstance(n, ast.With)), None)
    compiled = [n for n in file.nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "compile"]
    if function is None or block is None or len(compiled) != 1 or not any(k.arg == "loss" for k in compiled[0].keywords):
        return None
    labels = [a.arg for a in function.args.args if a.arg in LABELS]
    calls = [n for n in ast.walk(block) if isinstance(n, ast.Call) and file.code(n.func) == model and len(n.args) == 1]
    if len(labels) != 1 or len(calls) != 1 or not isinstance(calls[0].args[0], ast.Name) or file.span(calls[0])[0] > file.span(node)[0]:
        return None
    call, parent = calls[0], file.parent(calls[0])
    target = parent.targets[0] if isinstance(parent, ast.Assign) and len(parent.targets) == 1 else None
    name = target.id if isinstance(target, ast.Name) else file.free("y_pred")
    if target is None and not isinstance(parent, ast.Expr):
        return None
    named = [] if target is not None else [inserted(file, file.span(call)[0], f"{name} = ")]
    loss = f"{model}.compute_loss(x={file.code(call.args[0])}, y={labels[0]}, y_pred={name})"
    return Fix(f"ask the model for its compiled loss: `{model}.compute_loss(...)`", edits=(*named, replaced(file, node, loss)))


def _written(file: SourceFile) -> str:
    """A function of this file with "loss" in its name and two arguments that nobody uses; empty where there are none, or two."""
    functions = [f for f in file.tree.body if isinstance(f, FUNCTIONS) and "loss" in f.name.lower() and len(f.args.args) == 2]
    unused = [f.name for f in functions if not uses(file.tree, f.name)]
    return unused[0] if len(unused) == 1 else ""


def _of_metrics(file: SourceFile, node: ast.Call) -> str:
    """`metrics=["mae"]` measures a regression: its loss is the squared error."""
    given = next((k.value for k in node.keywords if k.arg == "metrics"), None)
    names = [e.value for e in given.elts if isinstance(e, ast.Constant)] if isinstance(given, (ast.List, ast.Tuple)) else []
    known = bool(names) and all(n in REGRESSION for n in names)
    return ('"msle"' if names == ["msle"] else '"mse"') if known else ""
