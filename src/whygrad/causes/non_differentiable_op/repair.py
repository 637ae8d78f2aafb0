"""Rounding passes the gradient straight through, a comparison becomes a sigmoid, a metric the loss that belongs to it."""

from __future__ import annotations

import ast

from whygrad.catalogue.replacements import instead_of, metric_words
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called
from whygrad.repairs.offering import Source
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.rewriting import mended, rewritten
from whygrad.repairs.rounding import without_rounding


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    node = source.main.expression(diagnosis.location)
    if node is None:
        return None
    function = source.main.function(node)
    of_a_metric = function is not None and any(word in function.name.lower() for word in metric_words())
    plain = without_rounding(source.main, node) if of_a_metric else None
    found = mended(diagnosis, source, _loss_of_metric(source.main, node) or plain or rewritten(source.main, node))
    return None if found is None else found.fix()


def _loss_of_metric(file: SourceFile, node: ast.expr) -> Rewrite | None:
    """`tf.keras.metrics.binary_accuracy(y, p)` -> `tf.keras.losses.binary_crossentropy(y, p)`."""
    function = node.func if isinstance(node, ast.Call) else None
    found = instead_of(called(file, node).replace("keras.losses.", "keras.metrics."))
    if not isinstance(function, ast.Attribute) or found is None:
        return None
    loss = f"{file.code(function.value).removesuffix('metrics').removesuffix('losses')}{found.removeprefix('keras.')}"
    return Rewrite(f"train with the loss that belongs to it: `{loss}`", (replaced(file, function, loss),))
