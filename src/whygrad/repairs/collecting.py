"""A row that is written into an array or a variable, in a loop, comes in; the rows in a list, stacked where they are read, go out.

out = np.zeros((steps, 8))            out = []
for t in range(steps):                for t in range(steps):
    h = cell(x[t], h)                     h = cell(x[t], h)
    out[t] = h                            out.append(h)
loss = tf.reduce_mean(out)            loss = tf.reduce_mean(tf.stack(out))
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.dataclass import dataclass
from whygrad.repairs.edits import replaced
from whygrad.repairs.file import SourceFile, uses
from whygrad.repairs.following import as_tensor
from whygrad.repairs.imported import called, tensorflow
from whygrad.repairs.rewrite import Rewrite

EMPTY = ("numpy.zeros", "numpy.empty", "tensorflow.zeros")
AS_TENSOR = ("tensorflow.convert_to_tensor", "tensorflow.constant")


@dataclass(frozen=True)
class Store:
    """`array[row] = value`; `axis` is the place of the row among the indices."""

    statement: ast.stmt
    name: ast.Name
    row: ast.expr
    axis: int
    value: ast.expr


def collected(file: SourceFile, node: ast.expr | ast.stmt) -> Rewrite | None:
    """None where the rows do not come one after the other from the first to the last, or something else is done with the array."""
    store = _store(file, node)
    loop = None if store is None else file.parent(store.statement)
    if store is None or not isinstance(loop, ast.For) or not tensorflow(file):
        return None
    made = _made(file, store, loop)
    rows = None if made is None else _rows(file, made, store.axis)
    if made is None or rows is None or not _goes_through(file, loop, store, rows):
        return None
    reads = [n for n in uses(file.home(loop), store.name.id) if n is not store.name]
    if not reads or not all(_may_be_stacked(file, n, loop) for n in reads):
        return None
    name, tf = store.name.id, tensorflow(file)
    stacked = f"{tf}.stack({name})" if store.axis == 0 else f"{tf}.stack({name}, axis={store.axis})"
    edits = [
        replaced(file, made, "[]"),
        replaced(file, store.statement, f"{name}.append({file.code(_tensor(store.value))})"),
        *(replaced(file, _whole(file, n), stacked) for n in reads),
    ]
    return Rewrite(f"keep the rows in a list: `{name}.append(...)`, `{stacked}`", tuple(edits))


def _store(file: SourceFile, node: ast.expr | ast.stmt) -> Store | None:
    """Of `out[t] = h`, `out[:, t] = h` and `out[t].assign(h)`."""
    statement = file.statement(node) if isinstance(node, ast.expr) else node
    target: ast.expr | None = None
    value: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and isinstance(statement.value.func, ast.Attribute):
        call = statement.value
        if statement.value.func.attr == "assign" and len(call.args) == 1 and not call.keywords:
            target, value = statement.value.func.value, call.args[0]
    if statement is None or value is None or not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        return None
    indices = list(target.slice.elts) if isinstance(target.slice, ast.Tuple) else [target.slice]
    rows = [i for i, index in enumerate(indices) if not _is_all(index)]
    return Store(statement, target.value, indices[rows[0]], rows[0], value) if len(rows) == 1 else None


def _is_all(index: ast.expr) -> bool:
    return isinstance(index, ast.Slice) and index.lower is index.upper is index.step is None


def _made(file: SourceFile, store: Store, loop: ast.For) -> ast.Call | None:
    """`np.zeros(...)`, in the only other statement that gives the name a value, before the loop and in its block."""
    name, home = store.name.id, file.home(loop)
    binds = [n for n in ast.walk(home) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)]
    made = file.statement(binds[0]) if len(binds) == 1 else None
    value = made.value if isinstance(made, ast.Assign) and len(made.targets) == 1 and isinstance(made.targets[0], ast.Name) else None
    if made is None or not isinstance(value, ast.Call) or file.block(made) is not file.block(loop) or made.lineno > loop.lineno:
        return None
    return value


def _rows(file: SourceFile, made: ast.Call, axis: int) -> ast.expr | None:
    """How many rows there are, as it is written in the shape of `np.zeros(shape)` or `tf.Variable(tf.zeros(shape))`."""
    filled = made.args[0] if called(file, made) == "tensorflow.Variable" and made.args else made
    if not isinstance(filled, ast.Call) or called(file, filled) not in EMPTY or not filled.args:
        return None
    shape = filled.args[0]
    sizes = shape.elts if isinstance(shape, (ast.Tuple, ast.List)) else [shape]
    return sizes[axis] if axis < len(sizes) else None


def _goes_through(file: SourceFile, loop: ast.For, store: Store, rows: ast.expr) -> bool:
    """Does the loop write each row, in their order? `for t in range(rows)`, `for t, x in enumerate(xs)` where there are `len(xs)` rows."""
    over = loop.iter
    if not isinstance(over, ast.Call) or not isinstance(over.func, ast.Name) or len(over.args) != 1 or over.keywords:
        return False
    counter: ast.expr = loop.target
    count = file.code(over.args[0])
    if over.func.id == "enumerate" and isinstance(counter, ast.Tuple):
        counter, count = counter.elts[0], f"len({count})"
    elif over.func.id != "range":
        return False
    jumps = any(isinstance(n, (ast.Continue, ast.Break, ast.Return)) for n in ast.walk(loop))
    same = isinstance(counter, ast.Name) and isinstance(store.row, ast.Name) and counter.id == store.row.id
    return same and not jumps and not loop.orelse and file.code(rows) == count


def _whole(file: SourceFile, read: ast.expr) -> ast.expr:
    """What makes a tensor of the array goes with it: `tf.constant(out, tf.float32)`."""
    parent = file.parent(read)
    return parent if isinstance(parent, ast.Call) and called(file, parent) in AS_TENSOR and parent.args[:1] == [read] else read


def _may_be_stacked(file: SourceFile, read: ast.expr, loop: ast.For) -> bool:
    """After the loop, and in a place where a tensor may stand as an array may."""
    parent = file.parent(read)
    leaves = isinstance(parent, ast.Call) and called(file, parent).startswith("numpy.")
    shown = isinstance(parent, ast.Attribute)  # a shape would be computed of the list
    return read.lineno > (loop.end_lineno or loop.lineno) and not leaves and not shown and as_tensor(file, read)


def _tensor(value: ast.expr) -> ast.expr:
    """`h` of `h.numpy()`."""
    function = value.func if isinstance(value, ast.Call) and not value.args else None
    return function.value if isinstance(function, ast.Attribute) and function.attr == "numpy" else value
