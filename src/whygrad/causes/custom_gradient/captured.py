"""A custom gradient that returns None for the variables it captures comes in; a tape inside of it, which knows their gradients, goes out.

y = v * tf.exp(self.s)                              with tf.GradientTape(persistent=True) as inner:
                                                        y = v * tf.exp(self.s)
def grad(dy, variables=None):                       def grad(dy, variables=None):
    return dy * k, [None] * len(variables)              return dy * k, inner.gradient(y, variables, dy)
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit, Fix
from whygrad.repairs.edits import changed, replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile
from whygrad.repairs.imported import dotted, tensorflow
from whygrad.repairs.moving import indented
from whygrad.repairs.returning import own_nodes
from whygrad.repairs.standing_in import entry_of, is_cut

CUSTOM = "tensorflow.custom_gradient"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def of_the_variables(file: SourceFile, backward: Function) -> Fix | None:
    """None unless the function has one result, and its gradient function one gradient from above and nothing but None for the variables."""
    forward = file.function(backward)
    nothing, above = _nothing(backward), _above(backward)
    if forward is None or nothing is None or not above or not tensorflow(file) or not any(dotted(file, d) == CUSTOM for d in forward.decorator_list):
        return None
    result = _result(forward, backward)
    name = file.free("inner")
    opened = _under_a_tape(file, forward, backward, name)
    if not result or opened is None:
        return None
    edit = replaced(file, nothing, f"{name}.gradient({result}, variables, {above})")
    return Fix("take the gradients of the variables from a tape inside", edits=(opened, edit))


def _nothing(backward: Function) -> ast.expr | None:
    """`[None] * len(variables)` or `[None for _ in variables]`, the second part of what is returned."""
    returned = [n.value for n in own_nodes(backward) if isinstance(n, ast.Return)]
    value = returned[0] if len(returned) == 1 else None
    second = value.elts[1] if isinstance(value, ast.Tuple) and len(value.elts) == 2 else None
    if isinstance(second, ast.BinOp) and isinstance(second.op, ast.Mult):
        inside = next((side for side in (second.left, second.right) if isinstance(side, ast.List)), None)
        return second if inside is not None and [_is_none(e) for e in inside.elts] == [True] else None
    return second if isinstance(second, ast.ListComp) and _is_none(second.elt) else None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _above(backward: Function) -> str:
    """The gradient from above: the only argument beside `variables`. Empty where there are several."""
    found = [a.arg for a in (*backward.args.posonlyargs, *backward.args.args, *backward.args.kwonlyargs)]
    return found[0] if sorted(found[1:]) == ["variables"] and backward.args.vararg is None else ""


def _result(forward: Function, backward: Function) -> str:
    """The name in `return y, grad`."""
    returned = [n.value for n in own_nodes(forward) if isinstance(n, ast.Return)]
    value = returned[0] if len(returned) == 1 else None
    if not isinstance(value, ast.Tuple) or len(value.elts) != 2:
        return ""
    result, function = value.elts
    return result.id if isinstance(result, ast.Name) and isinstance(function, ast.Name) and function.id == backward.name else ""


def _under_a_tape(file: SourceFile, forward: Function, backward: Function, name: str) -> Edit | None:
    """What is computed before the gradient function comes under a `with`."""
    if backward not in forward.body:
        return None
    before = [s for s in forward.body[: forward.body.index(backward)] if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    indents = [file.indent(s) for s in before]
    if any(is_cut(entry_of(file, n)) for s in before for n in ast.walk(s) if isinstance(n, ast.expr)):
        return None  # what has no gradient has none under a tape either
    if not before or not all(isinstance(s, ast.Assign) for s in before) or indents[0] is None or len(set(indents)) != 1:
        return None
    start, end = file.line_start(file.span(before[0])[0]), file.line_end(file.span(before[-1])[1])
    step = "\t" if "\t" in indents[0] else "    "
    head = f"{indents[0]}with {tensorflow(file)}.GradientTape(persistent=True) as {name}:\n"
    return changed(file, start, end, head + indented(file, start, end, step))


def functions_at(file: SourceFile, line: int) -> list[Function]:
    """Those around a line, the innermost last."""
    found = [n for n in ast.walk(file.tree) if isinstance(n, FUNCTIONS) and n.lineno <= line <= (n.end_lineno or n.lineno)]
    return sorted(found, key=lambda n: n.lineno)
