"""An expression that becomes a tensor comes in; the edits that turn what is done with its value, as an array, into functions of TensorFlow go out.

def moments(d):                                def moments(d):
    return np.array([np.mean(d), np.std(d)])       return tf.stack([...])
moments(x).reshape((1, 2))                     tf.reshape(moments(x), (1, 2))
"""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.replacements import twins
from whygrad.model import Edit
from whygrad.repairs.edits import changed, inserted, replaced
from whygrad.repairs.file import FUNCTIONS, SourceFile, names, uses
from whygrad.repairs.imported import called, imported, tensorflow
from whygrad.repairs.twin_arguments import left_out, renamed_arguments

KEPT = frozenset(("shape", "dtype", "ndim", "device", "name", "numpy", "get_shape"))  # what tensors have as arrays do
HOLE = "\0"
MOST_PLACES = 12
EXTREMES = {"min": "minimum", "max": "maximum"}


def followed(file: SourceFile, node: ast.expr) -> list[Edit] | None:
    """None where something is done with the value that only an array can, or it goes where nobody can follow."""
    edits: list[Edit] = []
    waiting: list[ast.expr] = [node]
    for value in waiting:
        written = _chained(file, value)
        if written is None or len(waiting) > MOST_PLACES:
            return None
        more, whole = written
        edits += more
        of_two = extreme(file, whole)
        if of_two is not None:
            edits += [e for e in [replaced(file, of_two.func, f"{tensorflow(file)}.{EXTREMES[file.code(of_two.func)]}")] if e not in edits]
        further = [of_two] if of_two is not None else _places(file, whole)
        if further is None:
            return None
        waiting += [f for f in further if f not in waiting]
    return edits


def extreme(file: SourceFile, node: ast.expr) -> ast.Call | None:
    """The `min(a, b)` or `max(a, b)` of Python around a value, which cannot choose between tensors of a graph."""
    call = file.parent(node)
    return call if isinstance(call, ast.Call) and _chooses(file, call) and len(call.args) == 2 and not call.keywords else None


def _chooses(file: SourceFile, node: ast.AST | None) -> bool:
    """Whether it is Python's own `min` or `max` of several values."""
    function = node.func if isinstance(node, ast.Call) and len(node.args) > 1 else None
    return isinstance(function, ast.Name) and function.id in EXTREMES and function.id not in _bound(file)


def _bound(file: SourceFile) -> set[str]:
    return names(file.tree, ast.Store) | {n.name for n in file.nodes if isinstance(n, FUNCTIONS)} | set(imported(file))


def step(file: SourceFile, attribute: ast.Attribute, text: str) -> tuple[ast.expr, str] | None:
    """`text.mean(axis=0)`, `text.T`, `text.reshape(-1)`: the next expression around an array, and how TensorFlow says it."""
    tf, call = tensorflow(file), file.parent(attribute)
    if attribute.attr == "T":
        return attribute, f"{tf}.transpose({text})"
    if not isinstance(call, ast.Call) or call.func is not attribute or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    given = [file.code(a) for a in call.args]
    if attribute.attr in ("flatten", "ravel") and not given and not call.keywords:
        return call, f"{tf}.reshape({text}, [-1])"
    if attribute.attr == "astype" and len(given) == 1 and not call.keywords and "float" in given[0]:
        return call, f"{tf}.cast({text}, {given[0]})"
    if attribute.attr == "reshape" and given and not call.keywords:
        shape = given[0] if len(given) == 1 and isinstance(call.args[0], (ast.Tuple, ast.List)) else f"[{', '.join(given)}]"
        return call, f"{tf}.reshape({text}, {shape})"
    twin = twins().get(f"numpy.{attribute.attr}")  # a method of arrays does what the function of NumPy of its name does to the array
    as_function = ast.Call(call.func, [attribute.value, *call.args], call.keywords)
    renames = renamed_arguments(as_function, twin) if twin is not None else None
    if twin is None or renames is None or not twin.safe:
        return None
    further = [*given, *(f"{dict(renames).get(k, k.arg)}={file.code(k.value)}" for k in call.keywords)]
    return call, f"{tf}.{twin.name}({', '.join([text, *further])}{left_out(as_function, twin)})"


def as_tensor(file: SourceFile, node: ast.expr) -> bool:
    """Whether the place is one where a tensor may stand as an array may."""
    parent = file.parent(node)
    if _chooses(file, parent):
        return False
    if isinstance(parent, ast.Attribute):
        return parent.attr in KEPT
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)  # no part of a tensor can be written to
    return not (
        isinstance(parent, ast.Call)
        and called(file, parent) == ""
        and isinstance(parent.func, ast.Name)
        and parent.func.id in ("range", "int", "len")
    )


def _chained(file: SourceFile, value: ast.expr) -> tuple[list[Edit], ast.expr] | None:
    """The methods that are called on the value, one after the other, with the last of these expressions."""
    whole, text = value, HOLE
    while isinstance(attribute := file.parent(whole), ast.Attribute) and attribute.attr not in KEPT:
        found = step(file, attribute, text)
        if found is None:
            return None
        whole, text = found
    if whole is value:
        return [], whole
    before, _, after = text.partition(HOLE)
    (start, end), (_, last) = file.span(value), file.span(whole)
    return [inserted(file, start, before), changed(file, end, last, after)], whole


def _places(file: SourceFile, whole: ast.expr) -> list[ast.expr] | None:
    """Where the value goes from here: to where a name is read, or to the calls of a function that returns it."""
    parent = file.parent(whole)
    if isinstance(parent, ast.Return):
        return _calls(file, whole)
    if isinstance(parent, ast.Assign):
        plain = all(isinstance(t, ast.Name) for t in parent.targets)
        return [use for name in names(parent, ast.Store) for use in uses(file.home(whole), name)] if plain else None
    return [] if as_tensor(file, whole) and not isinstance(parent, (ast.AugAssign, ast.AnnAssign, ast.NamedExpr)) else None


def _calls(file: SourceFile, node: ast.expr) -> list[ast.expr] | None:
    """The calls of the function around a node; None where it is not the only one of its name, or handed on as a value."""
    function = file.function(node)
    if function is None or function.decorator_list or sum(isinstance(n, FUNCTIONS) and n.name == function.name for n in file.nodes) != 1:
        return None
    mentions = [n for n in file.nodes if function.name in (getattr(n, "id", ""), getattr(n, "attr", "")) and isinstance(n, (ast.Name, ast.Attribute))]
    calls = [call for n in mentions if isinstance(call := file.parent(n), ast.Call) and call.func is n]
    return list(calls) if len(calls) == len(mentions) else None
