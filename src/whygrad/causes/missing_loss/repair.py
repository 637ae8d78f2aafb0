"""`compile` gets the loss that the program already speaks of: the metric of a regression, or its own loss function that nobody uses."""

from __future__ import annotations

import ast

from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import inserted
from whygrad.repairs.file import FUNCTIONS, SourceFile, uses
from whygrad.repairs.offering import Source

REGRESSION = {"mae": "mae", "mse": "mse", "mean_absolute_error": "mae", "mean_squared_error": "mse", "msle": "msle"}


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    file = source.main
    node = file.expression(diagnosis.location)
    compiles = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile"
    if not isinstance(node, ast.Call) or not compiles or any(k.arg in ("loss", None) for k in node.keywords) or len(node.args) > 1:
        return None
    loss = _written(file) or _of_metrics(file, node)
    first = next((k for k in node.keywords if k.arg in ("metrics", "loss_weights")), None)
    if not loss or first is None:
        return None
    return Fix(f"pass the loss: `loss={loss}`", edits=(inserted(file, file.offset(first.lineno, first.col_offset), f"loss={loss}, "),))


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
