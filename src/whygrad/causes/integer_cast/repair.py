"""The cast to integers goes; a comparison that is cast becomes a sigmoid of the difference; there and back again passes straight through."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.causes.integer_cast.of_the_other import cast_the_other
from whygrad.model import Diagnosis, Fix
from whygrad.repairs.comparing import is_float_cast
from whygrad.repairs.edits import inserted
from whygrad.repairs.file import SourceFile, bound
from whygrad.repairs.imported import tensorflow
from whygrad.repairs.offering import Source
from whygrad.repairs.returning import own_nodes
from whygrad.repairs.rewriting import mended, rewritten


def repair(diagnosis: Diagnosis, source: Source) -> Fix | None:
    node = source.main.expression(diagnosis.location)
    found = mended(diagnosis, source, rewritten(source.main, node))
    if found is not None or node is None:
        return None if found is None else found.fix()
    return cast_the_other(source.main, node) or _there_and_back(source.main, node)


def _there_and_back(file: SourceFile, node: ast.expr) -> Fix | None:
    """`cast(x * 255.0, tf.uint8)`, and at the end `return cast(y, tf.float32) / 255.0` -> `return x + tf.stop_gradient(... - x)`."""
    scaled = node.args[0] if isinstance(node, ast.Call) and node.args else None
    function = file.function(node)
    if not isinstance(scaled, ast.BinOp) or not isinstance(scaled.op, ast.Mult) or function is None or not tensorflow(file):
        return None
    x, factor = scaled.left, scaled.right
    returns = [n.value for n in own_nodes(function) if isinstance(n, ast.Return)]
    back = returns[0] if len(returns) == 1 else None
    if not isinstance(back, ast.BinOp) or not isinstance(back.op, ast.Div) or file.code(back.right) != file.code(factor):
        return None
    parameter = isinstance(x, ast.Name) and x.id in {a.arg for a in function.args.args} and not any(bound(s, x.id) for s in function.body)
    if not parameter or not is_float_cast(file, back.left):
        return None
    start, end = file.span(back)
    stop, name = f"{tensorflow(file)}.stop_gradient", file.code(x)
    edits = (inserted(file, start, f"{name} + {stop}("), inserted(file, end, f" - {name})"))
    return Fix(f"let the gradient pass straight through `{function.name}`", edits=edits)
