"""Rounding passes the gradient straight through, a comparison becomes a sigmoid, a metric the loss that belongs to it, a method another.

A loss whose labels are differentiated twice is written out.
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.replacements import instead_of, metric_words
from whygrad.causes.non_differentiable_op.labels import LABELS_TWICE, written_out
from whygrad.causes.non_differentiable_op.method import other_method
from whygrad.model import Diagnosis, Edit, Fix
from whygrad.repairs.edits import changed, replaced
from whygrad.repairs.file import SourceFile, names, uses
from whygrad.repairs.imported import called
from whygrad.repairs.offering import Source
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.rewriting import mended, rewritten
from whygrad.repairs.rounding import without_rounding


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    node = source.main.expression(diagnosis.location)
    if node is None or _has_another_gradient(source.main, node):
        return None
    if LABELS_TWICE in diagnosis.message:
        return written_out(source.main, node)
    function = source.main.function(node)
    of_a_metric = function is not None and any(word in function.name.lower() for word in metric_words())
    plain = without_rounding(source.main, node) if of_a_metric else None
    found = mended(diagnosis, source, _loss_of_metric(source.main, node) or other_method(source.main, node) or plain or rewritten(source.main, node))
    return None if found is None else found.fix()


def _has_another_gradient(file: SourceFile, node: ast.expr) -> bool:
    """Under `graph.gradient_override_map(...)` the operation is meant, and its gradient is the user's own."""
    managers = (i.context_expr for n in file.around(node) if isinstance(n, ast.With) for i in n.items)
    return any(isinstance(m, ast.Call) and isinstance(m.func, ast.Attribute) and m.func.attr == "gradient_override_map" for m in managers)


def _loss_of_metric(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """`tf.keras.metrics.binary_accuracy(y, p)` -> `tf.keras.losses.binary_crossentropy(y, p)`."""
    function = node.func if isinstance(node, ast.Call) else None
    found = instead_of(called(file, node).replace("keras.losses.", "keras.metrics."))
    if not isinstance(function, ast.Attribute) or found is None:
        return None
    up = _without_sign(file, node)
    if up is None:
        return None
    loss = f"{file.code(function.value).removesuffix('metrics').removesuffix('losses')}{found.removeprefix('keras.')}"
    return Rewrite(f"train with the loss that belongs to it: `{loss}`", (replaced(file, function, loss), *up))


def _without_sign(file: SourceFile, node: ast.expr) -> tuple[Edit, ...] | None:
    """A metric grows where its loss shrinks: `1.0 - accuracy` and `-accuracy` lose their sign. None where one may stand elsewhere.

    Sums and means keep a sign: that is arithmetic, which the catalogue does not measure.
    """
    value: ast.AST = node
    parent = file.parent(node)
    while isinstance(parent, ast.Call) and called(file, parent).rpartition(".")[2] in ("reduce_mean", "mean", "reduce_sum", "sum"):
        value, parent = parent, file.parent(parent)
    if isinstance(value, ast.expr) and _turns(parent, value) and isinstance(parent, (ast.BinOp, ast.UnaryOp)):
        (start, _), (first, _) = file.span(parent), file.span(value)
        plain = isinstance(file.parent(parent), (ast.Return, ast.Assign, ast.Lambda)) and "(" not in file.text[start:first]
        return (changed(file, start, first, ""),) if plain else None
    bound = names(parent, ast.Store) if isinstance(parent, ast.Assign) else set()
    if any(_turns(file.parent(use), use) for name in bound for use in uses(file.home(node), name)):
        return None
    return () if isinstance(parent, (ast.Return, ast.Assign, ast.Lambda)) else None


def _turns(parent: ast.AST | None, value: ast.expr) -> bool:
    """Whether the sign of a value is turned: `-value`, `1 - value`."""
    if isinstance(parent, ast.UnaryOp):
        return isinstance(parent.op, ast.USub)
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Sub) and parent.right is value
