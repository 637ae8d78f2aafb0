"""A call of a function of NumPy and its twin in TensorFlow come in; how the arguments are called there goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.replacements import Twin


def left_out(node: ast.Call, twin: Twin) -> str:
    """Arguments that TensorFlow wants and NumPy has a default for."""
    if twin.name == "tensordot":
        return ", 1"
    given = len(node.args) > 1 or any(k.arg == "axis" for k in node.keywords)
    return ", axis=0" if twin.name == "concat" and not given else ""


def renamed_arguments(node: ast.Call, twin: Twin) -> list[tuple[ast.keyword, str]] | None:
    """The keywords with their new names. None: an argument that has no counterpart, or one too few."""
    here = [a.lstrip("*-").partition(":")[0] for a in twin.arguments]
    there = {a.lstrip("*").partition(":")[0]: a.lstrip("*").rpartition(":")[2] for a in twin.arguments if not a.startswith("-")}
    positional = next((i for i, a in enumerate(twin.arguments) if a.startswith(("*", "-"))), len(here))
    if len(node.args) > positional or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    if any(k.arg not in there for k in node.keywords) or len(node.args) + len(node.keywords) < twin.needed:
        return None
    if any(isinstance(a, ast.Constant) and a.value is None for a in node.args[1:]):
        return None
    return [(k, there[k.arg]) for k in node.keywords if k.arg and there[k.arg] != k.arg]
