"""A histogram, a count or the index of the largest value comes in; the smooth count or the expected index goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.repairs.comparing import is_float_cast
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import tensorflow
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.rounding import naming_line, written
from whygrad.repairs.standing_in import StandIn, argument_of, filled, slug_of, stand_in


def counted(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """None where the expression is of another kind."""
    found = stand_in(file, node) if isinstance(node, ast.Call) and tensorflow(file) else None
    if found is None:
        return None
    if found.slug == "soft-argmax" and slug_of(file, file.parent(node)) == "straight-through-choice":
        return _chosen(file, node, found)
    if found.slug == "soft-histogram":
        return _histogram(file, node, found)
    return _of_a_cast(file, node, found) if found.slug in ("soft-argmax", "soft-count") else None


def _histogram(file: SourceFile, node: ast.expr, found: StandIn) -> Rewrite | None:
    """Every value counts for the bins near it: a bell as wide as a bin. Where the bins are is written on a line before."""
    centres = file.free("centres")
    values: dict[str, ast.expr | str] = {**found.arguments, "centres": centres}
    _, _, before = found.inline.before.partition(" = ")
    line = naming_line(file, node, centres, filled(file, node, before, values))
    return None if line is None else Rewrite(found.inline.edit, (line, replaced(file, node, filled(file, node, found.inline.text, values))))


def _chosen(file: SourceFile, node: ast.expr, found: StandIn) -> Rewrite | None:
    """`tf.one_hot(tf.argmax(x, axis=-1), n)`: the choice stays, and the gradient is that of a softmax."""
    whole, scores = file.parent(node), found.arguments["0"]
    choice = stand_in(file, whole) if isinstance(whole, ast.Call) and whole.args and whole.args[0] is node else None
    if choice is None or not isinstance(whole, ast.Call) or any(k.arg not in ("depth", "dtype", "name") for k in whole.keywords):
        return None
    return written(file, whole, StandIn(choice.slug, choice.inline, {**choice.arguments, "scores": scores}))


def _of_a_cast(file: SourceFile, node: ast.expr, found: StandIn) -> Rewrite | None:
    """`tf.cast(tf.argmax(x, axis=-1), tf.float32)` -> the index that a sharp softmax expects: floats, so only where floats are wanted."""
    parent = file.parent(node)
    if not is_float_cast(file, parent) or not isinstance(parent, ast.Call):
        return None
    dtype = argument_of(file, parent, "dtype")
    return None if dtype is None else written(file, node, found, whole=parent, dtype=dtype)
