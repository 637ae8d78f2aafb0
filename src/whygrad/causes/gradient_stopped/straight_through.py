"""A straight-through form of which everything is stopped comes in; the one that lets the gradient through goes out.

tf.stop_gradient(hard - soft + soft)            ->  soft + tf.stop_gradient(hard - soft)
tf.stop_gradient(soft) + tf.stop_gradient(hard - soft)
"""

from __future__ import annotations

from collections.abc import Iterator

from whygrad import syntax as ast
from whygrad.model import Fix
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile
from whygrad.repairs.rounding import guarded
from whygrad.repairs.standing_in import stand_in

KEPT = "keep-the-gradient"
Term = tuple[bool, ast.expr, bool]  # whether it is added, what, and whether it is stopped


def straight_through(file: SourceFile, node: ast.Call) -> Fix | None:
    """None unless the terms of the sum cancel to one, and only one other is in it: its value is the one's, its gradient was to be the other's."""
    whole: ast.expr = node
    while _is_sum(parent := file.parent(whole)) and isinstance(parent, ast.expr):
        whole = parent
    terms = list(_terms(file, whole, added=True, stopped=False))
    if len(terms) != 3 or not all(stopped for _, _, stopped in terms):
        return None
    added, taken = [[file.code(t) for plus, t, _ in terms if plus is sign] for sign in (True, False)]
    if len(taken) != 1 or added.count(taken[0]) != 1:
        return None
    soft = next(t for plus, t, _ in terms if not plus)
    hard = next(t for plus, t, _ in terms if plus and file.code(t) != taken[0])
    stop = file.code(node.func)
    new = f"{file.operand(soft)} + {stop}({file.code(hard)} - {file.operand(soft)})"
    title = f"stop the difference only: `{' '.join(new.split())}`"
    return Fix(title, edits=(replaced(file, whole, guarded(file, whole, new)),))


def _is_sum(node: ast.AST | None) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))


def _terms(file: SourceFile, node: ast.expr, *, added: bool, stopped: bool) -> Iterator[Term]:
    """Of sums and differences, brackets and `stop_gradient` looked through."""
    if isinstance(node, ast.BinOp) and _is_sum(node):
        yield from _terms(file, node.left, added=added, stopped=stopped)
        yield from _terms(file, node.right, added=added is isinstance(node.op, ast.Add), stopped=stopped)
    elif isinstance(node, ast.Call) and (found := stand_in(file, node)) is not None and found.slug == KEPT:
        yield from _terms(file, found.arguments["0"], added=added, stopped=True)
    else:
        yield added, node, stopped
