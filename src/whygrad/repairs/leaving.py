"""An expression that leaves TensorFlow comes in (`np.mean(x)`, `x.numpy()`, `float(x)`); the edits that keep the value a tensor go out."""

from __future__ import annotations

from whygrad import syntax as ast
from whygrad.catalogue.replacements import Twin, twins
from whygrad.repairs.edits import changed, inserted, replaced, unwrapped, without_keyword
from whygrad.repairs.file import SourceFile, names, uses
from whygrad.repairs.following import KEPT, as_tensor, followed, step
from whygrad.repairs.imported import called, tensorflow
from whygrad.repairs.rewrite import Rewrite
from whygrad.repairs.twin_arguments import left_out, renamed_arguments

GETTERS = ("keras.backend.get_value", "keras.backend.eval")
PREDICTIONS = ("predict", "predict_on_batch")
ABOUT_BATCHES = ("verbose", "batch_size", "steps")


def stayed(file: SourceFile, node: ast.expr, *, as_array: bool = False) -> Rewrite | None:
    """None where the expression is of another kind, or an argument has no counterpart. `as_array`: arrays are seen to elsewhere."""
    if not isinstance(node, ast.Call) or not tensorflow(file):
        return None
    if as_array or _only_as_tensor(file, node):
        return _as_it_is(file, node)
    return _method(file, node) or _with_followers(file, node)


def _with_followers(file: SourceFile, node: ast.Call) -> Rewrite | None:
    """The expression, and what is done with its value as an array."""
    found = _as_it_is(file, node)
    more = None if found is None else followed(file, node)
    return None if found is None or not more else Rewrite(found.title, (*found.edits, *more))


def _as_it_is(file: SourceFile, node: ast.Call) -> Rewrite | None:
    origin = called(file, node)
    if origin in twins():
        return (_array if "*dtype" in twins()[origin].arguments else _twin)(file, node, twins()[origin])
    if origin in ("float", "int") and len(node.args) == 1 and not node.keywords:
        return Rewrite(f"keep the tensor: take `{origin}(...)` away", tuple(unwrapped(file, node, node.args[0])))
    if origin in GETTERS and len(node.args) == 1 and not node.keywords:
        return Rewrite(f"keep the tensor: take `{file.code(node.func)}(...)` away", tuple(unwrapped(file, node, node.args[0])))
    return _unpacked(file, node) or _predicted(file, node)


def _predicted(file: SourceFile, node: ast.Call) -> Rewrite | None:
    """`model.predict(x, verbose=0)` -> `model(x)`: how it is cut in batches and what it prints may go."""
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in PREDICTIONS or len(node.args) != 1 or called(file, node):
        return None
    if isinstance(node.args[0], ast.Starred) or any(k.arg not in ABOUT_BATCHES for k in node.keywords):
        return None
    model, x = file.code(function.value), file.code(node.args[0])
    edits = (replaced(file, function, model), *(without_keyword(file, k) for k in node.keywords))
    return Rewrite(f"call the model itself: `{model}({x})`", edits)


def _method(file: SourceFile, node: ast.Call) -> Rewrite | None:
    """`x.numpy().mean(axis=0)` -> `tf.reduce_mean(x, axis=0)`, `x.numpy().T` -> `tf.transpose(x)`, one after the other."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "numpy" or node.args or node.keywords:
        return None
    whole, text = node, file.code(node.func.value).strip()
    if "\n" in text:
        return None
    current: ast.expr = node
    while isinstance(attribute := file.parent(current), ast.Attribute) and attribute.attr not in KEPT:
        found = step(file, attribute, text)
        if found is None:
            return None
        current, text = found
    if current is whole or not _as_tensor(file, current) or not _free_use(file, current):
        return None
    return Rewrite("stay in TensorFlow, without `.numpy()`", (replaced(file, current, text),))


def _free_use(file: SourceFile, node: ast.expr) -> bool:
    """Whether the name that the result gets is used as a tensor can be."""
    statement = file.parent(node)
    if not isinstance(statement, ast.Assign):
        return not isinstance(statement, ast.NamedExpr)
    bound = {n for target in statement.targets for n in names(target, ast.Store)}
    return all(_as_tensor(file, use) for name in bound for use in uses(file.home(node), name))


def _unpacked(file: SourceFile, node: ast.Call) -> Rewrite | None:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in ("numpy", "item") or node.args or node.keywords:
        return None
    return Rewrite(f"keep the tensor: take `.{node.func.attr}()` away", tuple(unwrapped(file, node, node.func.value)))


def _twin(file: SourceFile, node: ast.Call, twin: Twin) -> Rewrite | None:
    renames = renamed_arguments(node, twin)
    if renames is None:
        return None
    name = f"{tensorflow(file)}.{twin.name}"
    edits = [replaced(file, node.func, name)]
    for keyword, new in renames:
        start = file.offset(keyword.lineno, keyword.col_offset)
        edits.append(changed(file, start, start + len(keyword.arg or ""), new))
    extra = left_out(node, twin)
    if extra:
        edits.append(inserted(file, file.span(node)[1] - 1, extra))
    return Rewrite(f"stay in TensorFlow: `{name}` in the place of `{file.code(node.func)}`", tuple(edits), "safe" if twin.safe else "review")


def _array(file: SourceFile, node: ast.Call, twin: Twin) -> Rewrite | None:
    """`np.array([a, b])` -> `tf.stack([a, b])`; the dtype as a cast: TensorFlow's functions change none."""
    dtypes = [k for k in node.keywords if k.arg == "dtype"]
    if len(node.args) != 1 or len(dtypes) != len(node.keywords):
        return None
    value = node.args[0]
    if isinstance(value, (ast.List, ast.Tuple)) and any(isinstance(e, (ast.List, ast.Tuple, ast.Starred)) for e in value.elts):
        return None
    tf = tensorflow(file)
    if not dtypes and not isinstance(value, (ast.List, ast.Tuple)):
        return None
    edits = [replaced(file, node.func, f"{tf}.{twin.name}")]
    if dtypes:
        after = changed(file, file.span(value)[1], file.span(dtypes[0].value)[0], "), ")
        edits = [replaced(file, node.func, f"{tf}.cast({tf}.{twin.name}"), after]
    return Rewrite(f"stay in TensorFlow: `{tf}.{twin.name}` in the place of `{file.code(node.func)}`", tuple(edits))


def _only_as_tensor(file: SourceFile, node: ast.Call) -> bool:
    """Whether nothing is done with the result that only an array or a number can: `.T`, `.reshape`, a format, `range`, an index of a list."""
    parent = file.parent(node)
    if isinstance(parent, ast.Attribute) and parent.attr not in KEPT:
        return False
    statement = file.statement(node)
    if isinstance(parent, ast.Assign) and parent is statement:
        bound = {n for target in parent.targets for n in names(target, ast.Store)}
        return all(_as_tensor(file, use) for name in bound for use in uses(file.home(node), name))
    return _as_tensor(file, node)


def _calls_of(file: SourceFile, node: ast.expr) -> list[ast.Call]:
    """Where the function around a node is called, by its name alone."""
    function = file.function(node)
    calls = [n for n in file.nodes if isinstance(n, ast.Call)]
    return [c for c in calls if function and getattr(c.func, "id", getattr(c.func, "attr", "")) == function.name]


def _handed_out(file: SourceFile, call: ast.Call) -> bool:
    parent = file.parent(call)
    return not isinstance(parent, ast.Attribute) or parent.attr in KEPT


def _as_tensor(file: SourceFile, node: ast.expr) -> bool:
    if isinstance(file.parent(node), ast.Return):
        return all(_handed_out(file, call) for call in _calls_of(file, node))
    return as_tensor(file, node)
