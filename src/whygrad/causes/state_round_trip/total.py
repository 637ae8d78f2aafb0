"""A variable that only hands a value from one line to the next comes in; the same as a plain tensor goes out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.model import Edit, Fix
from whygrad.repairs.edits import changed
from whygrad.repairs.file import SourceFile
from whygrad.repairs.imported import called

SIGNS = {"assign": " = ", "assign_add": " += ", "assign_sub": " -= "}
GRAPH = ("function", "call", "train_step")


def as_tensor(file: SourceFile, node: ast.expr) -> Fix | None:
    """`total.assign_add(x)` -> `total += x`. None where the variable has other uses, or is written in a graph, which would keep the tensor."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in SIGNS:
        return None
    holder = node.func.value
    if not isinstance(holder, (ast.Name, ast.Attribute)):
        return None
    code = file.code(holder)
    same = [n for n in ast.walk(file.tree) if isinstance(n, (ast.Name, ast.Attribute)) and n.lineno and file.code(n) == code]
    made = [n for n in same if isinstance(n.ctx, ast.Store)]
    writes = [(n, call) for n in same if (call := _write(file, n)) is not None]
    if len(made) != 1 or not _is_own(file, made[0]) or not _fits(file, holder, made[0], writes):
        return None
    edits = [edit for name, call in writes for edit in _plain(file, name, call)]
    return Fix(f"keep `{code}` a tensor: assign to the name, not to the variable", edits=tuple(edits))


def _write(file: SourceFile, name: ast.expr) -> ast.Call | None:
    """The call of `assign` on this name, if it is a statement of its own."""
    method = file.parent(name)
    call = file.parent(method) if isinstance(method, ast.Attribute) and method.attr in SIGNS else None
    own = isinstance(call, ast.Call) and isinstance(file.parent(call), ast.Expr) and len(call.args) == 1 and not call.keywords
    return call if own and isinstance(call, ast.Call) else None


def _is_own(file: SourceFile, name: ast.expr) -> bool:
    """Made by `tf.Variable(..., trainable=False)`: nobody trains it."""
    statement = file.parent(name)
    value = statement.value if isinstance(statement, ast.Assign) else None
    frozen = isinstance(value, ast.Call) and any(
        k.arg == "trainable" and isinstance(k.value, ast.Constant) and k.value.value is False for k in value.keywords
    )
    return frozen and called(file, value) == "tensorflow.Variable"


def _fits(file: SourceFile, holder: ast.expr, made: ast.expr, writes: list[tuple[ast.Name | ast.Attribute, ast.Call]]) -> bool:
    """A local name must be written where it is made; an attribute nowhere in a graph. One write sets it, so that nothing is carried over."""
    if isinstance(holder, ast.Name) and any(file.home(name) is not file.home(made) for name, _ in writes):
        return False
    decorated = any(isinstance(n, ast.Attribute) and n.attr == "function" for n in ast.walk(file.tree))
    if isinstance(holder, ast.Attribute) and (decorated or any(_in_graph(file, name) for name, _ in writes)):
        return False
    return any(isinstance(call.func, ast.Attribute) and call.func.attr == "assign" for _, call in writes) and all(
        not isinstance(file.parent(n), ast.Attribute) or _write(file, n) is not None for n, _ in writes
    )


def _in_graph(file: SourceFile, name: ast.expr) -> bool:
    function = file.function(name)
    return function is not None and function.name in GRAPH


def _plain(file: SourceFile, name: ast.expr, call: ast.Call) -> list[Edit]:
    assert isinstance(call.func, ast.Attribute)
    (_, end), (first, last) = file.span(name), file.span(call.args[0])
    tail = file.span(call)[1]
    several = "\n" in file.text[end:tail]
    opening, closing = ("(", ")") if several else ("", "")
    return [changed(file, end, first, f"{SIGNS[call.func.attr]}{opening}"), changed(file, last, tail, closing)]
