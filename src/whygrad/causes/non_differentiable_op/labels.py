"""A cross-entropy whose labels are differentiated a second time comes in; the same loss written out goes out, which has that derivative."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called, tensorflow
from whygrad.repairs.rounding import guarded

LABELS_TWICE = "has no derivative for the labels"
FUNCTION = "tensorflow.nn.softmax_cross_entropy_with_logits"
ARGUMENTS = ("labels", "logits", "axis", "name")


def written_out(file: SourceFile, node: ast.expr) -> Fix | None:
    """`softmax_cross_entropy_with_logits(labels=p, logits=z)` -> `-tf.reduce_sum(p * tf.nn.log_softmax(z), axis=-1)`."""
    tf = tensorflow(file)
    if not isinstance(node, ast.Call) or called(file, node) != FUNCTION or not tf or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    given = {**dict(zip(ARGUMENTS, node.args, strict=False)), **{k.arg: k.value for k in node.keywords if k.arg}}
    if not {"labels", "logits"} <= set(given) <= set(ARGUMENTS) or any(k.arg is None for k in node.keywords):
        return None
    axis = file.code(given["axis"]) if "axis" in given else "-1"
    further = "" if axis == "-1" else f", axis={axis}"
    new = f"-{tf}.reduce_sum({file.operand(given['labels'])} * {tf}.nn.log_softmax({file.code(given['logits'])}{further}), axis={axis})"
    return Fix("write the loss out: it has a derivative for the labels as well", edits=(replaced(file, node, guarded(file, node, new)),))
