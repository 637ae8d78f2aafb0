"""A target of probabilities that always sum to one comes in; the largest of them, computed at the end of the tape's block, goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.edits import line_after, replaced
from whygrad.repairs.file import SourceFile, bound
from whygrad.repairs.imported import tensorflow
from whygrad.repairs.moving import tape_block
from whygrad.repairs.offering import asked_place, tape_place

PROBABILITIES = "gives probabilities"


def strongest(diagnosis: Diagnosis, file: SourceFile) -> Fix | None:
    """`tape.gradient(probs, x)` -> `tape.gradient(tf.reduce_max(probs, axis=-1), x)`; None unless `probs` is a name that the block binds."""
    asked, block = file.expression(asked_place(diagnosis)), tape_block(file, tape_place(diagnosis))
    target = _target(asked)
    tf, axis = tensorflow(file), _axis(file, file.expression(diagnosis.location))
    if asked is None or block is None or not isinstance(target, ast.Name) or not tf or not axis:
        return None
    if file.inside(asked, block) or file.home(asked) is not file.home(block) or not any(bound(s, target.id) for s in block.body):
        return None
    if _is_bound_again(file, target, block, asked):
        return None
    name = file.free("strongest")
    code = f"{tf}.reduce_max({target.id}, axis={axis})"
    line = line_after(file, block.body[-1], f"{name} = {code}")
    return None if line is None else Fix(f"the gradient of the largest of them: `{code}`", edits=(line, replaced(file, target, name)))


def _target(asked: ast.expr | None) -> ast.expr | None:
    """The first argument of `tape.gradient(...)`."""
    if not isinstance(asked, ast.Call) or not isinstance(asked.func, ast.Attribute) or asked.func.attr != "gradient":
        return None
    named = next((k.value for k in asked.keywords if k.arg == "target"), None)
    return asked.args[0] if asked.args else named


def _axis(file: SourceFile, node: ast.expr | None) -> str:
    """Over which the probabilities sum to one: what a softmax is told, or the last. Empty where it is told something that has no number."""
    told = next((k.value for k in node.keywords if k.arg == "axis"), None) if isinstance(node, ast.Call) else None
    if told is None:
        return "-1"
    code = file.code(told)
    return code if code.lstrip("-").isdigit() else ""


def _is_bound_again(file: SourceFile, target: ast.Name, block: ast.With, asked: ast.expr) -> bool:
    """Whether the name means something else by the time the gradient is asked for."""
    end, start = file.span(block)[1], file.span(asked)[0]
    stores = [n for n in ast.walk(file.home(block)) if isinstance(n, ast.Name) and n.id == target.id and not isinstance(n.ctx, ast.Load)]
    return any(end <= file.span(n)[0] < start for n in stores)
